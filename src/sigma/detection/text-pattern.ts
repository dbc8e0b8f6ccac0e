/** One piece of a Sigma string: fixed text, `*`, `?`, any of the characters of `windash`, or a `%placeholder%`. */
export type Piece = string | typeof anything | typeof oneCharacter | typeof anyDash | { readonly placeholder: string };
export const anything = Symbol('*');
const oneCharacter = Symbol('?');
const anyDash = Symbol('dash');
export type TextPattern = readonly Piece[];

/** Of one value under `expand`, or under `windash` and an encoding. */
export const maximumAlternatives = 1000;

/**
 * Sigma 2.1, String Wildcard and Escaping: `\` takes away the meaning of a following `*`, `?` or `\`; before anything
 * else it is itself. With `hasPlaceholders` (Placeholders) that goes for `%` as well.
 */
export function parseTextPattern(text: string, hasPlaceholders = false): TextPattern {
  const pieces: Piece[] = [];
  let fixed = '';
  const push = (piece: Piece): void => {
    if (fixed !== '') pieces.push(fixed);
    fixed = '';
    pieces.push(piece);
  };
  const meaningful = hasPlaceholders ? '*?\\%' : '*?\\';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    const next = text[at + 1];
    const name = hasPlaceholders && character === '%' ? /^%([^%\\*?]+)%/.exec(text.slice(at))?.[1] : undefined;
    if (character === '\\' && next !== undefined && meaningful.includes(next)) {
      fixed += next;
      at += 1;
    } else if (name !== undefined) {
      push({ placeholder: name });
      at += name.length + 1;
    } else if (character === '*') push(anything);
    else if (character === '?') push(oneCharacter);
    else fixed += character;
  }
  return fixed === '' ? pieces : [...pieces, fixed];
}

/** As it could have been written, without escapes: for pipelines, which compare and change values as text. */
export const writePattern = (pattern: TextPattern): string =>
  pattern
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (typeof piece === 'object') return `%${piece.placeholder}%`;
      return piece === anything ? '*' : piece === oneCharacter ? '?' : '-';
    })
    .join('');

/** The text of a pattern without wildcards, else undefined. */
export function fixedText(pattern: TextPattern): string | undefined {
  if (pattern.length === 0) return '';
  const [only] = pattern;
  return pattern.length === 1 && typeof only === 'string' ? only : undefined;
}

const dashes = '-/–—―';

/** Sigma 2.1, `windash`: `-`, `/`, en dash, em dash and horizontal bar stand for each other, wherever they are. */
export const looseDashes = (pattern: TextPattern): TextPattern =>
  pattern.flatMap<Piece>((piece) =>
    typeof piece === 'string'
      ? piece
          .split(/([-/–—―])/)
          .filter((part) => part !== '')
          .map((part) => (part.length === 1 && dashes.includes(part) ? anyDash : part))
      : [piece],
  );

/** The patterns with each of the dashes in each place, or what would have been needed. */
export function withEveryDash(pattern: TextPattern): readonly TextPattern[] | string {
  let alternatives: readonly TextPattern[] = [[]];
  for (const piece of pattern) {
    const choices: readonly TextPattern[] = piece === anyDash ? [...dashes].map((dash) => [dash]) : [[piece]];
    alternatives = alternatives.flatMap((left) => choices.map((right) => joinPatterns(left, right)));
    if (alternatives.length > maximumAlternatives) return `at most ${maximumAlternatives} combinations of dashes`;
  }
  return alternatives;
}

/** Neighbouring fixed texts become one, so that a pattern without wildcards is seen as such. */
export function joinPatterns(left: TextPattern, right: TextPattern): TextPattern {
  const last = left.at(-1);
  const [first, ...rest] = right;
  return typeof last === 'string' && typeof first === 'string'
    ? [...left.slice(0, -1), last + first, ...rest]
    : [...left, ...right];
}

/**
 * Case is compared in Unicode's lower case, character by character: `Σ` is the same at the end of a word, where it is
 * written `ς`, and `İ` stays one character instead of an i with a dot (U+0307).
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') || lower.includes('\u0307')
    ? text.replaceAll('İ', 'i').toLowerCase().replaceAll('ς', 'σ')
    : lower;
}

/** Whether a whole text is any of these, in time at most length × patterns. */
export function compileTextPatterns(patterns: readonly TextPattern[], isCased: boolean): (text: string) => boolean {
  const fold = isCased ? (text: string) => text : foldCase;
  const whole = new Set<string>();
  const contained: string[] = [];
  const tests: ((folded: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const pieces = pattern
      .map((piece) => (typeof piece === 'string' ? fold(piece) : piece))
      .filter((piece, at, all) => piece !== anything || all[at - 1] !== anything);
    const text = fixedText(pieces);
    const inner = containedText(pieces);
    if (text !== undefined) whole.add(text);
    else if (inner !== undefined) contained.push(inner);
    else tests.push(compilePieces(pieces));
  }
  if (whole.size > 0) tests.unshift((folded) => whole.has(folded));
  if (contained.length > 0) tests.push(searchAny(contained));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return (text) => only(fold(text));
  return (text) => {
    const folded = fold(text);
    return tests.some((test) => test(folded));
  };
}

/** `abc` of `*abc*` */
const containedText = (pieces: TextPattern): string | undefined =>
  pieces.length === 3 && pieces[0] === anything && pieces[2] === anything ? fixedText([pieces[1]!]) : undefined;

/** One walk along the text for all of them: a regular expression of plain words never goes back. */
function searchAny(words: readonly string[]): (text: string) => boolean {
  const search = new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'));
  return (text) => search.test(text);
}

/** Of a pattern with wildcards. */
function compilePieces(pieces: TextPattern): (text: string) => boolean {
  const startsOpen = pieces[0] === anything;
  const endsOpen = pieces.length > 1 && pieces.at(-1) === anything;
  const core = pieces.slice(startsOpen ? 1 : 0, endsOpen ? -1 : pieces.length);
  if (startsOpen && core.length === 0) return () => true;
  const fixed = fixedText(core);
  if (fixed === undefined) {
    const characters = expandPieces(pieces);
    return (text) => matchPieces(characters, text);
  }
  return startsOpen ? (text) => text.endsWith(fixed) : (text) => text.startsWith(fixed);
}

const expandPieces = (pieces: TextPattern): TextPattern =>
  pieces.flatMap<Piece>((piece) => (typeof piece === 'string' ? [...piece] : [piece]));

/**
 * `pieces` in single characters. On a mismatch only the last `*` is tried again further on: whatever an earlier one
 * could take, the later one can take as well.
 */
function matchPieces(pieces: TextPattern, text: string): boolean {
  const characters = [...text];
  let at = 0;
  let piece = 0;
  let starPiece = -1;
  let starAt = 0;
  while (at < characters.length) {
    if (pieces[piece] === anything) {
      starPiece = piece;
      starAt = at;
      piece += 1;
    } else if (matchesCharacter(pieces[piece], characters[at]!)) {
      at += 1;
      piece += 1;
    } else {
      if (starPiece < 0) return false;
      starAt += 1;
      at = starAt;
      piece = starPiece + 1;
    }
  }
  while (pieces[piece] === anything) piece += 1;
  return piece === pieces.length;
}

const matchesCharacter = (piece: Piece | undefined, character: string): boolean =>
  piece === oneCharacter || (piece === anyDash ? dashes.includes(character) : piece === character);
