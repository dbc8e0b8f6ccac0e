import { detach } from '#lib/detach.ts';
import type { Slots } from '#model/event.ts';
import { parseSoql } from '#soql/parse-soql.ts';
import { scavengeSoql } from '#soql/scavenge-soql.ts';
import { summariseQuery } from '#soql/summarise-query.ts';

/** What a logged query text says; `undefined` where the text does not tell. */
export interface QueryFacts {
  readonly text: string;
  readonly objects: readonly string[];
  readonly fields: readonly string[];
  readonly fieldCount: number | undefined;
  readonly isCount: boolean;
  readonly isFiltered: boolean | undefined;
  readonly limit: number | undefined;
  readonly likeLiterals: readonly string[];
}

/**
 * Reads SOQL or SOSL as far as it can be read: a query that the log has cut still names its object, for its columns
 * stand first. Never fails.
 */
export function readQuery(text: string): QueryFacts {
  if (isSosl(text)) return readSosl(text);
  const parsed = parseSoql(text);
  if (parsed.ok) {
    const { objects, fields, fieldCount, isCount, isFiltered, limit, likeLiterals } = summariseQuery(parsed.value);
    return { text, objects, fields, fieldCount, isCount, isFiltered, limit, likeLiterals };
  }
  const { mainObject, fields, isCount } = scavengeSoql(text);
  const objects = mainObject === undefined ? [] : [mainObject];
  const fieldCount = mainObject === undefined ? undefined : fields.length;
  return { text, objects, fields, fieldCount, isCount, isFiltered: undefined, limit: undefined, likeLiterals: [] };
}

const isSosl = (text: string): boolean => /^\s*FIND\b/i.test(text);

/** `FIND {anna} IN ALL FIELDS RETURNING Contact(Id, Name WHERE …), Lead`: the objects after RETURNING. */
function readSosl(text: string): QueryFacts {
  const objects: string[] = [];
  let depth = 0;
  let isNext = true;
  const returning = /\bRETURNING\b/i.exec(text);
  const rest = returning === null ? '' : text.slice(returning.index + returning[0].length);
  for (const [token] of rest.matchAll(/\w+|[(),]/g)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === ',') isNext = depth === 0 ? true : isNext;
    else if (depth === 0) {
      if (!isNext) break;
      objects.push(token);
      isNext = false;
    }
  }
  return {
    text,
    objects,
    fields: [],
    fieldCount: undefined,
    isCount: false,
    isFiltered: undefined,
    limit: undefined,
    likeLiterals: [],
  };
}

/** Reads each distinct text once, as scripts repeat theirs; forgets all when it holds `capacity` texts. */
export class QueryMemory {
  readonly #facts = new Map<string, QueryFacts>();
  readonly #capacity: number;

  constructor(capacity = 500) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** `encoded` is a text as it stands in a URL's query (`SELECT+Id+FROM%20Contact`). */
  read(text: string, encoded = false): QueryFacts {
    const known = this.#facts.get(text);
    if (known !== undefined) return known;
    if (this.#facts.size >= this.#capacity) this.#facts.clear();
    const own = detach(text);
    const facts = readQuery(encoded ? decodeParameter(own) : own);
    this.#facts.set(own, facts);
    return facts;
  }
}

/** A value out of a URL's query, `+` for a space; as it stands where an escape is broken. */
export function decodeParameter(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A cut text ends within an escape: what stands before it is still readable.
    return spaced.replace(/%[0-9a-f]{2}/gi, (escaped) => {
      const code = Number.parseInt(escaped.slice(1), 16);
      return code < 128 ? String.fromCharCode(code) : escaped;
    });
  }
}

export function setQuerySlots(slots: Slots, facts: QueryFacts): void {
  slots['query_info.query_string'] = facts.text;
  if (facts.objects.length > 0) slots['resources.type'] = facts.objects;
  slots['unmapped.query.fields'] = facts.fields;
  slots['unmapped.query.field_count'] = facts.fieldCount ?? slots['unmapped.query.field_count'];
  slots['unmapped.query.is_count'] = facts.isCount;
  slots['unmapped.query.is_filtered'] = facts.isFiltered;
  slots['unmapped.query.limit'] = facts.limit;
  slots['unmapped.query.like'] = facts.likeLiterals;
}
