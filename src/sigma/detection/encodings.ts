import { type Modifier, mapOperands, type TextOperand } from './item.ts';
import { anything, fixedText, type TextPattern, withEveryDash } from './text-pattern.ts';

const bytesOf = (operand: TextOperand, fixed: string): Buffer =>
  Buffer.from(fixed, operand.isBytes ? 'latin1' : 'utf8');

const encoded = (pattern: TextPattern): TextOperand => ({ kind: 'text', pattern, raw: undefined, isBytes: true });

/** Base64 of text without wildcards; under `windash` of the text with each dash. */
const toBase64 =
  (encode: (bytes: Buffer) => readonly string[]): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      if (operand.kind !== 'text') return 'text without wildcards';
      const patterns = withEveryDash(operand.pattern);
      if (typeof patterns === 'string') return patterns;
      const outcomes: TextOperand[] = [];
      for (const pattern of patterns) {
        const fixed = fixedText(pattern);
        if (fixed === undefined) return 'text without wildcards';
        const texts = encode(bytesOf(operand, fixed));
        if (texts.includes('')) return 'at least two bytes: of fewer, nothing is the same at every offset';
        outcomes.push(...texts.map((text) => encoded([text])));
      }
      return outcomes;
    });

/** The parts of the three encodings that do not depend on what stands before and after. */
function base64AtAnyOffset(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift, 32), bytes]).toString('base64');
    const start = [0, 2, 3][shift]!;
    const cut = [0, 3, 2][(bytes.length + shift) % 3]!;
    return whole.slice(start, whole.length - cut);
  });
}

const utf16 = (text: string, isBigEndian: boolean): string => {
  const bytes = Buffer.from(text, 'utf16le');
  return (isBigEndian ? bytes.swap16() : bytes).toString('latin1');
};

/** The fixed parts in UTF-16, behind `mark`; wildcards stay what they are. */
const toUtf16 =
  (isBigEndian: boolean, mark: string): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      if (operand.kind !== 'text') return 'text';
      const patterns = withEveryDash(operand.pattern);
      if (typeof patterns === 'string') return patterns;
      return patterns.map((pattern) => {
        const pieces = pattern.map((piece) => (typeof piece === 'string' ? utf16(piece, isBigEndian) : piece));
        const [first, ...rest] = pieces;
        if (mark === '') return encoded(pieces);
        // What may stand in front stands in front of the mark.
        if (first === anything) return encoded([first, ...behind(mark, rest)]);
        return encoded(behind(mark, pieces));
      });
    });

const behind = (mark: string, [first, ...rest]: TextPattern): TextPattern =>
  typeof first === 'string' ? [mark + first, ...rest] : first === undefined ? [mark] : [mark, first, ...rest];

/** Sigma 2.1, appendix Modifiers, Encoding. */
export const encodings = {
  base64: toBase64((bytes) => [bytes.toString('base64')]),
  base64offset: toBase64(base64AtAnyOffset),
  utf16le: toUtf16(false, ''),
  wide: toUtf16(false, ''),
  utf16be: toUtf16(true, ''),
  utf16: toUtf16(false, '\xff\xfe'),
} satisfies Record<string, Modifier>;
