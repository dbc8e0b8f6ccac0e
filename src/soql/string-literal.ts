import type { StringLiteral } from './query.ts';

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  "'": "\\'",
  '\\': '\\\\',
};

/** What the literal says, its escapes undone. "Quoted String Escape Sequences", SOQL and SOSL Reference. */
export function stringValue(literal: StringLiteral): string {
  if (!literal.escaped.includes('\\')) return literal.escaped;
  return literal.escaped.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code: string | undefined, letter: string) =>
    code === undefined ? (controls[letter.toLowerCase()] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A literal that says exactly `value`; under LIKE its `%` and `_` are wildcards. */
export const stringLiteral = (value: string): StringLiteral => ({
  kind: 'string',
  escaped: value.replace(/[\n\r\t\b\f'\\]/g, (character) => escapes[character]!),
});

/** The fixed parts of a LIKE pattern, cut at `%`. An unescaped `_` is kept: authors mostly mean the character. */
export const likeParts = (pattern: StringLiteral): readonly string[] =>
  pattern.escaped
    .split(/(\\.)|%/s)
    .reduce<string[]>(
      (parts, piece) => {
        if (piece === undefined) parts.push('');
        else parts.push(`${parts.pop()}${piece}`);
        return parts;
      },
      [''],
    )
    .map((escaped) => stringValue({ kind: 'string', escaped }))
    .filter((part) => part !== '');
