import { asWritten, type Operand } from './item.ts';
import { anything, type TextPattern } from './text-pattern.ts';

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

/** An operand to be found anywhere, or where `anchor` says; undefined for one that says nothing of a text. */
export function toKeyword(operand: Operand, anchor?: 'startswith' | 'endswith'): Operand | undefined {
  if (operand.kind === 'regex') return operand;
  const keyword = asWritten(operand);
  if (keyword.kind !== 'text' || keyword.pattern.every((piece) => piece === anything)) return undefined;
  const before: TextPattern = anchor === 'startswith' ? [] : [anything];
  const after: TextPattern = anchor === 'endswith' ? [] : [anything];
  return { ...keyword, pattern: [...before, ...keyword.pattern, ...after] };
}
