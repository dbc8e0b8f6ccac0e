import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

/** What is wrong in a file that a person wrote: `where` is `path:line:column key`. */
export interface YamlFault {
  readonly kind: 'invalid';
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

export type YamlRead<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: readonly YamlFault[] };

type Place = (offset: number) => string;

/**
 * Reads one YAML 1.2 document under a schema. Every fault is told at once, each with its line and column. A custom issue
 * may say in `params.found` what was found, where the text itself must not be told.
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
): YamlRead<z.infer<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return {
      ok: false,
      failure: document.errors.map((error) => ({
        kind: 'invalid',
        where: at(error.pos[0]),
        found: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'no YAML',
        expected: 'YAML',
      })),
    };
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, failure: parsed.error.issues.flatMap((issue) => explain(issue, document, at, schema)) };
}

function explain(issue: z.core.$ZodIssue, document: Document, at: Place, schema: z.ZodType): YamlFault[] {
  const meant = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (meant !== undefined) return meant.flatMap((each) => explain(each, document, at, schema));
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
  return keys.map((key) => {
    const path = key === undefined ? issue.path : [...issue.path, key];
    const offset = offsetOf(document, path);
    const value = document.getIn(path.length === 0 ? [] : path);
    const found = issue.code === 'custom' ? issue.params?.['found'] : undefined;
    return {
      kind: 'invalid',
      where: `${at(offset)} ${path.join('.') || '(top)'}`,
      found:
        typeof found === 'string'
          ? found
          : key === undefined
            ? printed(isNode(value) ? value.toJSON() : value)
            : `the unknown key "${key}"`,
      expected: key === undefined ? expectation(issue) : `one of ${knownKeys(schema, issue.path).join(', ')}`,
    };
  });
}

/** What is wrong within the one alternative that has the right shape; undefined when none, or several, have. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const near = issue.errors.filter((branch) => branch.every(({ path }) => path.length > 0));
  if (near.length !== 1) return undefined;
  return near[0]!.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

/** The offset of the deepest node of `path` that is written in the file. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === String(path[length - 1]));
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** What would be right, in words. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected === 'object' ? 'a map of settings' : `${issue.expected}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  return issue.message.replace(/^Invalid input: expected /, '').replace(/^Too (small|big): expected /, '');
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = z.toJSONSchema(schema, { io: 'input' });
  for (const part of path) {
    const level = at as { properties?: Record<string, unknown>; additionalProperties?: unknown; items?: unknown };
    at = typeof part === 'number' ? level.items : (level.properties?.[String(part)] ?? level.additionalProperties);
  }
  const found = at as
    | { properties?: Record<string, unknown>; anyOf?: { properties?: Record<string, unknown> }[] }
    | undefined;
  const maps = found?.anyOf ?? [found];
  return [...new Set(maps.flatMap((map) => Object.keys(map?.properties ?? {})))];
}

const printed = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80));
