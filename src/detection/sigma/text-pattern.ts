/** One piece of a Sigma string: fixed text, `*`, `?`, or any of the characters of `windash`. */
export type Piece = string | typeof anything | typeof oneCharacter | typeof anyDash;
export const anything = Symbol('*');
const oneCharacter = Symbol('?');
const anyDash = Symbol('dash');
export type TextPattern = readonly Piece[];

/**
 * Sigma 2.1, String Wildcard and Escaping: `\` takes away the meaning of a following `*`, `?` or `\`; before anything
 * else it is itself.
 */
export function parseTextPattern(text: string): TextPattern {
  const pieces: Piece[] = [];
  let fixed = '';
  const push = (piece: Piece): void => {
    if (fixed !== '') pieces.push(fixed);
    fixed = '';
    pieces.push(piece);
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    const next = text[at + 1];
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      fixed += next;
      at += 1;
    } else if (character === '*') push(anything);
    else if (character === '?') push(oneCharacter);
    else fixed += character;
  }
  return fixed === '' ? pieces : [...pieces, fixed];
}

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

/** Case is compared in Unicode's lower case. */
export const foldCase = (text: string): string => text.toLowerCase();

/** Whether a whole text is any of these, in time at most length × patterns. */
export function compileTextPatterns(patterns: readonly TextPattern[], isCased: boolean): (text: string) => boolean {
  const fold = isCased ? (text: string) => text : foldCase;
  const whole = new Set<string>();
  const contained: string[] = [];
  const tests: ((folded: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const pieces = pattern.map((piece) => (typeof piece === 'string' ? fold(piece) : piece));
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
