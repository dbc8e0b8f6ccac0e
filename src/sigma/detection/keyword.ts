import type { Operand } from './item.ts';
import { anything, parseTextPattern } from './text-pattern.ts';

/**
 * The whole record as it was written, and where it escapes characters (JSON) also as it was meant: `"C:\\x"` says
 * `C:\x`, and a rule speaks of what is meant.
 */
export const readLine = ({ raw }: { readonly raw: string }): string | readonly string[] => {
  const meant = raw.includes('\\') ? unescapeJson(raw) : raw;
  return meant === raw ? raw : [raw, meant];
};

const characters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** RFC 8259, section 7. */
const unescapeJson = (raw: string): string =>
  raw.replace(/\\(?:u([\da-fA-F]{4})|(["\\/bfnrt]))/g, (_, code: string | undefined, character: string) =>
    code === undefined ? (characters[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );

/** An operand to be found anywhere; undefined for one that says nothing of a text. */
export function toKeyword(operand: Operand): Operand | undefined {
  if (operand.kind === 'regex') return operand;
  if (operand.kind === 'number' || operand.kind === 'boolean') return toKeyword(textOperand(String(operand.value)));
  if (operand.kind !== 'text' || operand.pattern.every((piece) => piece === anything)) return undefined;
  return { ...operand, pattern: [anything, ...operand.pattern, anything] };
}

const textOperand = (text: string): Operand => ({
  kind: 'text',
  pattern: parseTextPattern(text),
  raw: text,
  isBytes: false,
});
