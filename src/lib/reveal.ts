/**
 * Characters that lie about a text: controls, invisible ones, and those that turn the reading direction (Unicode
 * categories Cc, Cf, Zl, Zp; lone surrogates; Hangul fillers and the braille blank, which are letters that show
 * nothing; variation selectors and tags, which hide payloads). Trojan Source, CVE-2021-42574.
 */
const unseen = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u2800\u3164\uffa0]/u;
const splitUnseen = new RegExp(`(${unseen.source})`, 'u');

export interface Piece {
  readonly text: string;
  readonly isEscape: boolean;
}

const escapeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Cuts a text that others wrote into what is safe to show and names of what would not be seen. */
export function reveal(text: string, keepLines = false): readonly Piece[] {
  return text
    .split(splitUnseen)
    .filter((piece) => piece !== '')
    .map((piece) =>
      unseen.test(piece) && !(keepLines && (piece === '\n' || piece === '\t'))
        ? { text: escapeOf(piece), isEscape: true }
        : { text: piece, isEscape: false },
    );
}

/** The same as one string, for titles, labels and announcements: `evil[U+202E]gpj.exe`. */
export const revealed = (text: string): string =>
  reveal(text)
    .map((piece) => (piece.isEscape ? `[${piece.text}]` : piece.text))
    .join('');
