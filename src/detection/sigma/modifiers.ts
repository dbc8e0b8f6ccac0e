import { anything, fixedText, looseDashes, type Piece, parseTextPattern, type TextPattern } from './text-pattern.ts';

/** One value of a rule after some of its modifiers. */
export type Operand =
  | {
      readonly kind: 'text';
      readonly pattern: TextPattern;
      /** As written, until a modifier has changed it. */
      readonly raw: string | undefined;
      /** Each character stands for one byte: the outcome of an encoding modifier. */
      readonly isBytes: boolean;
    }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'cidr'; readonly text: string }
  | { readonly kind: 'bound'; readonly operator: Bound; readonly value: number }
  | { readonly kind: 'field'; readonly name: string; readonly startsOpen: boolean; readonly endsOpen: boolean };

export type Bound = 'lt' | 'lte' | 'gt' | 'gte';
export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** A field's values and what its modifiers ask for so far. */
export interface Item {
  /** One list for each value of the rule; its members are alternatives. */
  readonly operands: readonly (readonly Operand[])[];
  readonly needsAll: boolean;
  readonly isNegated: boolean;
  readonly isCased: boolean;
  readonly asksExistence: boolean;
  readonly datePart: DatePart | undefined;
  /** `i`, `m`, `s` */
  readonly regexFlags: string;
}

export interface Placeholders {
  readonly [name: string]: readonly string[];
}

/** Returns the item changed, or what the modifier would have needed. */
type Modifier = (item: Item, placeholders: Placeholders) => Item | string;

type Text = Extract<Operand, { kind: 'text' }>;

/** Of one value under `expand`. */
const maximumAlternatives = 1000;

const mapOperands = (item: Item, change: (operand: Operand) => readonly Operand[] | string): Item | string => {
  const operands: (readonly Operand[])[] = [];
  for (const alternatives of item.operands) {
    const changed: Operand[] = [];
    for (const operand of alternatives) {
      const outcome = change(operand);
      if (typeof outcome === 'string') return outcome;
      changed.push(...outcome);
    }
    operands.push(changed);
  }
  return { ...item, operands };
};

const changePattern =
  (change: (pattern: TextPattern) => TextPattern): Modifier =>
  (item) =>
    mapOperands(item, (operand) =>
      operand.kind === 'text' ? [{ ...operand, raw: undefined, pattern: change(operand.pattern) }] : 'text (in quotes)',
    );

/** contains, startswith and endswith, on text and on field references. */
const open =
  (startsOpen: boolean, endsOpen: boolean): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      if (operand.kind === 'field') return [{ ...operand, startsOpen, endsOpen }];
      if (operand.kind !== 'text') return 'text (in quotes); a regular expression is searched anywhere as it is';
      const pattern = [
        ...(startsOpen ? [anything] : []),
        ...operand.pattern,
        ...(endsOpen ? [anything] : []),
      ] as Piece[];
      return [{ ...operand, raw: undefined, pattern }];
    });

const bytesOf = (operand: Text, fixed: string): Buffer => Buffer.from(fixed, operand.isBytes ? 'latin1' : 'utf8');

/** Encodes text without wildcards. */
const encode =
  (encodings: (bytes: Buffer, fixed: string) => readonly string[]): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      const fixed = operand.kind === 'text' ? fixedText(operand.pattern) : undefined;
      if (operand.kind !== 'text' || fixed === undefined) return 'text without wildcards';
      return encodings(bytesOf(operand, fixed), fixed).map((text) => ({
        kind: 'text',
        pattern: text === '' ? [] : [text],
        raw: undefined,
        isBytes: true,
      }));
    });

/** The parts of the three encodings that do not depend on what stands before and after. */
function base64AtAnyOffset(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift, 32), bytes]).toString('base64');
    const start = [0, 2, 3][shift]!;
    const cut = [0, 3, 2][(bytes.length + shift) % 3]!;
    return encoded.slice(start, encoded.length - cut);
  });
}

const utf16 = (text: string, isBigEndian: boolean): string => {
  const bytes = Buffer.from(text, 'utf16le');
  return (isBigEndian ? bytes.swap16() : bytes).toString('latin1');
};

const toRegex: Modifier = (item) =>
  mapOperands(item, (operand) =>
    operand.kind === 'text' && operand.raw !== undefined
      ? [{ kind: 'regex', source: operand.raw }]
      : 'a regular expression as text, and `re` as first modifier',
  );

const toCidr: Modifier = (item) =>
  mapOperands(item, (operand) =>
    operand.kind === 'text' && operand.raw !== undefined
      ? [{ kind: 'cidr', text: operand.raw }]
      : 'a network such as 10.0.0.0/8, and `cidr` as first modifier',
  );

const toField: Modifier = (item) =>
  mapOperands(item, (operand) =>
    operand.kind === 'text' && operand.raw !== undefined
      ? [{ kind: 'field', name: operand.raw, startsOpen: false, endsOpen: false }]
      : 'the name of a field, and `fieldref` before contains, startswith and endswith',
  );

const toBound =
  (operator: Bound): Modifier =>
  (item) =>
    mapOperands(item, (operand) =>
      operand.kind === 'number' ? [{ kind: 'bound', operator, value: operand.value }] : 'a number',
    );

const flagRegex =
  (flag: string): Modifier =>
  (item) =>
    item.operands.flat().every(({ kind }) => kind === 'regex')
      ? { ...item, regexFlags: item.regexFlags + flag }
      : '`re` before it';

const takePart =
  (datePart: DatePart): Modifier =>
  (item) =>
    item.datePart === undefined ? { ...item, datePart } : 'one part of a date';

const negate: Modifier = (item) => {
  if (item.needsAll) return 'no `all` beside neq: the field must differ from every value as it is';
  const isPlain = item.operands.flat().every(({ kind }) => kind === 'text' || kind === 'number' || kind === 'field');
  return isPlain ? { ...item, isNegated: true } : 'text, a number or a field reference';
};

const linkAll: Modifier = (item) => {
  if (item.operands.length < 2) return 'at least two values under `all`';
  return item.isNegated ? 'no `all` beside neq' : { ...item, needsAll: true };
};

const respectCase: Modifier = (item) =>
  item.operands.flat().every(({ kind }) => kind === 'text' || kind === 'field')
    ? { ...item, isCased: true }
    : 'text or a field reference (regular expressions respect case as they are)';

const askExistence: Modifier = (item) =>
  item.operands.length === 1 && item.operands[0]![0]?.kind === 'boolean'
    ? { ...item, asksExistence: true }
    : 'true or false';

/** `%name%` becomes its values, `\%` a plain percent character. */
const expand: Modifier = (item, placeholders) =>
  mapOperands(item, (operand) => {
    if (operand.kind !== 'text') return 'text with %placeholders%';
    let alternatives: readonly TextPattern[] = [[]];
    for (const piece of operand.pattern) {
      const choices: readonly TextPattern[] | string =
        typeof piece === 'string' ? expandText(piece, placeholders) : [[piece]];
      if (typeof choices === 'string') return choices;
      alternatives = alternatives.flatMap((left) => choices.map((right) => joinPatterns(left, right)));
      if (alternatives.length > maximumAlternatives) return `at most ${maximumAlternatives} combinations`;
    }
    return alternatives.map((pattern) => ({ ...operand, raw: undefined, pattern }));
  });

function expandText(text: string, placeholders: Placeholders): readonly TextPattern[] | string {
  let alternatives: readonly TextPattern[] = [[]];
  for (const part of text.split(/(\\%|%[^%\\]+%)/)) {
    if (part === '') continue;
    const name = /^%(.+)%$/.exec(part)?.[1];
    const values = name === undefined ? undefined : Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (name !== undefined && values === undefined) return `a placeholder that is configured, not %${name}%`;
    const choices: readonly TextPattern[] = values?.map(parseTextPattern) ?? [[part === '\\%' ? '%' : part]];
    alternatives = alternatives.flatMap((left) => choices.map((right) => joinPatterns(left, right)));
    if (alternatives.length > maximumAlternatives) break;
  }
  return alternatives;
}

/** Neighbouring fixed texts become one, so that a pattern without wildcards is seen as such. */
function joinPatterns(left: TextPattern, right: TextPattern): TextPattern {
  const last = left.at(-1);
  const [first, ...rest] = right;
  return typeof last === 'string' && typeof first === 'string'
    ? [...left.slice(0, -1), last + first, ...rest]
    : [...left, ...right];
}

/** Sigma 2.1, appendix Modifiers; the long names of regular expression flags are pySigma's. */
export const modifiers: ReadonlyMap<string, Modifier> = new Map(
  Object.entries({
    contains: open(true, true),
    startswith: open(false, true),
    endswith: open(true, false),
    all: linkAll,
    exists: askExistence,
    cased: respectCase,
    neq: negate,
    windash: changePattern(looseDashes),
    re: toRegex,
    i: flagRegex('i'),
    ignorecase: flagRegex('i'),
    m: flagRegex('m'),
    multiline: flagRegex('m'),
    s: flagRegex('s'),
    dotall: flagRegex('s'),
    base64: encode((bytes) => [bytes.toString('base64')]),
    base64offset: encode(base64AtAnyOffset),
    utf16le: encode((_, fixed) => [utf16(fixed, false)]),
    wide: encode((_, fixed) => [utf16(fixed, false)]),
    utf16be: encode((_, fixed) => [utf16(fixed, true)]),
    utf16: encode((_, fixed) => [`\xff\xfe${utf16(fixed, false)}`]),
    lt: toBound('lt'),
    lte: toBound('lte'),
    gt: toBound('gt'),
    gte: toBound('gte'),
    minute: takePart('minute'),
    hour: takePart('hour'),
    day: takePart('day'),
    week: takePart('week'),
    month: takePart('month'),
    year: takePart('year'),
    cidr: toCidr,
    fieldref: toField,
    expand,
  } satisfies Record<string, Modifier>),
);

/** A value of the YAML as an operand. */
export function operandOf(value: string | number | boolean | null): Operand {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  return { kind: 'text', pattern: parseTextPattern(value), raw: value, isBytes: false };
}
