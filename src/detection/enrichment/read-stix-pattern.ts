import { failure, type Result, success } from '#model/result.ts';
import type { Subject, Test } from './indicator.ts';

/** Object paths (STIX 2.1, section 6) that events can answer. */
const subjectsByPath: Readonly<Record<string, Subject>> = {
  'ipv4-addr:value': 'address',
  'ipv6-addr:value': 'address',
  'network-traffic:src_ref.value': 'address',
  'network-traffic:dst_ref.value': 'address',
  'domain-name:value': 'host',
  'software:name': 'app',
  'user-account:account_login': 'user',
  'user-account:user_id': 'user',
  'email-addr:value': 'user',
  "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'": 'user-agent',
};

const token =
  /\s*(?:(?<punctuation>[[\](),]|!=|=)|(?<word>AND|OR|FOLLOWEDBY|IN|LIKE|ISSUBSET|NOT|MATCHES|ISSUPERSET|EXISTS)\b|'(?<text>(?:[^'\\]|\\['\\])*)'|(?<path>[a-z0-9-]+:(?:[A-Za-z0-9_-]+|'(?:[^'\\]|\\['\\])*'|[.[\]*])+))/y;

interface Token {
  readonly kind: 'punctuation' | 'word' | 'text' | 'path';
  readonly text: string;
}

const mostTests = 1000;
const mostOpen = 50;
const mostCharacters = 100_000;

/**
 * The patterns of indicators as feeds write them (STIX 2.1, section 9): observations in brackets joined by OR; in each,
 * comparisons by `=`, `IN`, `LIKE` and `ISSUBSET` joined by AND and OR. The failure says what was found and what an
 * event could be asked.
 */
export function readStixPattern(
  pattern: string,
): Result<readonly (readonly Test[])[], { readonly found: string; readonly expected: string }> {
  const tokens = tokenise(pattern);
  if (tokens === undefined) return failure({ found: pattern.slice(0, 80), expected: 'a STIX 2.1 pattern' });
  const reader = new PatternReader(tokens);
  const alternatives = reader.read();
  return reader.fault === undefined ? success(alternatives) : failure(reader.fault);
}

function tokenise(pattern: string): readonly Token[] | undefined {
  if (pattern.length > mostCharacters) return undefined;
  const tokens: Token[] = [];
  const text = pattern.trim();
  const next = new RegExp(token);
  while (next.lastIndex < text.length) {
    const groups = next.exec(text)?.groups;
    const entry = Object.entries(groups ?? {}).find(([, value]) => value !== undefined);
    if (entry === undefined) return undefined;
    const [kind, value] = entry as [Token['kind'], string];
    tokens.push({ kind, text: kind === 'text' ? value.replaceAll(/\\(['\\])/g, '$1') : value });
  }
  return tokens;
}

/** Disjunctive normal form on the way: alternatives of tests that must hold together. */
type Alternatives = readonly (readonly Test[])[];

class PatternReader {
  fault: { readonly found: string; readonly expected: string } | undefined = undefined;
  readonly #tokens: readonly Token[];
  #at = 0;
  #open = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Alternatives {
    const alternatives = this.#readObservations();
    if (this.fault === undefined && this.#at < this.#tokens.length)
      this.#refuse('the end of the pattern or OR: an event is one observation');
    return alternatives;
  }

  #readObservations(): Alternatives {
    const alternatives = [...this.#readObservation()];
    while (this.#takes('OR')) alternatives.push(...this.#readObservation());
    return alternatives;
  }

  #readObservation(): Alternatives {
    if (this.#takes('(')) return this.#nested(() => this.#readObservations());
    if (this.#takes('[')) return this.#closed(this.#readEither(), ']');
    return this.#refuse('an observation in brackets');
  }

  #nested(read: () => Alternatives): Alternatives {
    if (this.#open === mostOpen) return this.#refuse(`at most ${mostOpen} open parentheses`);
    this.#open += 1;
    const alternatives = this.#closed(read(), ')');
    this.#open -= 1;
    return alternatives;
  }

  #closed(alternatives: Alternatives, end: string): Alternatives {
    return this.#takes(end) ? alternatives : this.#refuse(end);
  }

  #readEither(): Alternatives {
    const alternatives = [...this.#readEvery()];
    while (this.#takes('OR')) alternatives.push(...this.#readEvery());
    return alternatives;
  }

  #readEvery(): Alternatives {
    let alternatives = this.#readComparison();
    while (this.#takes('AND')) {
      const others = this.#readComparison();
      if (alternatives.length * others.length > mostTests) return this.#refuse(`at most ${mostTests} alternatives`);
      alternatives = alternatives.flatMap((one) => others.map((other) => [...one, ...other]));
    }
    return alternatives;
  }

  #readComparison(): Alternatives {
    if (this.#takes('(')) return this.#nested(() => this.#readEither());
    const path = this.#tokens[this.#at];
    const subject = path?.kind === 'path' && Object.hasOwn(subjectsByPath, path.text) && subjectsByPath[path.text];
    if (!subject) return this.#refuse(`one of ${Object.keys(subjectsByPath).join(', ')}`);
    this.#at += 1;
    const operator = this.#tokens[this.#at]?.text;
    this.#at += 1;
    switch (operator) {
      case '=':
        return this.#readValues(1).map((value) => [testOf(subject, 'equal', value)]);
      case 'LIKE':
        return this.#readValues(1).map((value) => [{ subject, is: 'like', value: wildcardsOf(value) }]);
      case 'ISSUBSET':
        return this.#readValues(1).map((value) => [testOf(subject, 'within', value)]);
      case 'IN': {
        if (!this.#takes('(')) return this.#refuse('a list in parentheses');
        const values = this.#readValues(Number.POSITIVE_INFINITY);
        return this.#closed(
          values.map((value) => [testOf(subject, 'equal', value)]),
          ')',
        );
      }
      default:
        this.#at -= 1;
        return this.#refuse('=, IN, LIKE or ISSUBSET');
    }
  }

  #readValues(most: number): readonly string[] {
    const values: string[] = [];
    do {
      const value = this.#tokens[this.#at];
      if (value?.kind !== 'text') {
        this.#refuse('a text in single quotes');
        return [];
      }
      this.#at += 1;
      values.push(value.text);
    } while (values.length < most && this.#takes(','));
    return values;
  }

  #takes(text: string): boolean {
    const next = this.#tokens[this.#at];
    if (next === undefined || next.kind === 'text' || next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #refuse(expected: string): Alternatives {
    this.fault ??= { found: this.#tokens[this.#at]?.text ?? 'the end of the pattern', expected };
    return [];
  }
}

/** An address with a prefix is a network whatever the operator: feeds write `ipv4-addr:value = '192.0.2.0/24'`. */
const testOf = (subject: Subject, is: 'equal' | 'within', value: string): Test => ({
  subject,
  is: subject === 'address' && value.includes('/') ? 'within' : is,
  value,
});

/** `%` stands for any run of characters and `_` for one (STIX 2.1, section 9.6.1); here `*` and `?`. */
const wildcardsOf = (text: string): string =>
  text
    .replaceAll(/[\\*?]/g, '\\$&')
    .replaceAll('%', '*')
    .replaceAll('_', '?');
