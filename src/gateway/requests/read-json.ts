import type { z } from 'zod';
import type { Refusal } from '../call.ts';
import { refuseJson } from './refuse.ts';

const maximumDepth = 32;

/**
 * A JSON body of exactly the schema's shape. What parsers read in different ways is refused: bytes that are not UTF-8, a
 * byte order mark, a member that stands twice.
 */
export function readJson<Value>(body: Uint8Array | undefined, schema: z.ZodType<Value>): { value: Value } | Refusal {
  if (body === undefined || body.length === 0) return refuseJson('empty-body', 'this call needs a JSON body');
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    parsed = JSON.parse(text);
  } catch {
    return refuseJson('malformed-json', 'the body is not JSON in UTF-8');
  }
  const fault = findAmbiguity(text);
  if (fault !== undefined) return refuseJson('ambiguous-json', fault);
  const read = schema.safeParse(parsed);
  if (read.success) return { value: read.data };
  const issue = read.error.issues[0]!;
  const where = issue.path.length === 0 ? 'the body' : issue.path.join('.');
  return refuseJson('unknown-body', `${where}: ${issue.message}`);
}

/** Of valid JSON: members of one object with the same name, `__proto__`, and nesting too deep. */
function findAmbiguity(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found, colon] = match;
    if (found === '{') open.push(new Set());
    else if (found === '[') open.push(undefined);
    else if (found === '}' || found === ']') open.pop();
    else if (colon !== undefined) {
      const name = String(JSON.parse(found.slice(0, -colon.length)));
      const names = open.at(-1);
      if (names?.has(name)) return `the member "${name.slice(0, 40)}" stands there twice`;
      if (name === '__proto__') return 'a member may not be called "__proto__"';
      names?.add(name);
    }
    if (open.length > maximumDepth) return `more than ${maximumDepth} levels of nesting`;
  }
  return undefined;
}
