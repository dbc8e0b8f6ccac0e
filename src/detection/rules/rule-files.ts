import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import { asOwn } from './compile-house.ts';

/** What a document of a file goes by; more than one rule under one of them is refused. */
export interface Heading {
  readonly handles: readonly string[];
  readonly title: string;
  readonly isFilter: boolean;
  /** Names or ids of rules that it correlates. */
  readonly references: readonly string[];
}

/** Every YAML file that is a rule, correlation or filter, at these paths and in the folders below them, in order. */
export async function readRuleFiles(
  paths: readonly string[],
): Promise<Result<readonly RuleFile[], readonly Failure[]>> {
  const files = new Map<string, RuleFile>();
  const faults: Failure[] = [];
  for (const path of paths) {
    const found = await listBelow(path);
    if (found === undefined)
      faults.push({ kind: 'invalid', where: path, found: 'no such file or folder', expected: 'Sigma rules' });
    for (const name of found ?? []) {
      const text = await readFile(name, 'utf8');
      // Who names a file means it; in folders, what is no rule stands beside rules: pipelines, descriptions of tests.
      if (name === path || isRule(text)) files.set(name, asOwn({ name, text }));
    }
  }
  if (faults.length === 0 && files.size === 0)
    faults.push({ kind: 'invalid', where: paths.join(', '), found: 'no rule', expected: 'Sigma rules (.yml, .yaml)' });
  return faults.length > 0 ? failure(faults) : success([...files.values()]);
}

/** A file that is no YAML at all is a rule as well, so that its fault is told. */
const isRule = (text: string): boolean =>
  /^(?:detection|correlation|filter|logsource|title):/m.test(text) && !/^transformations:/m.test(text);

async function listBelow(path: string): Promise<readonly string[] | undefined> {
  const about = await stat(path).catch(() => undefined);
  if (about === undefined) return undefined;
  if (!about.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.ya?ml$/i.test(name) && !/(?:^|[/\\])(?:node_modules|\.git)[/\\]/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** What the documents of a file go by, as far as they can be read. */
export function headingsOf({ text }: RuleFile): readonly Heading[] {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false });
  if ('empty' in documents) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0) return [];
    const written = (key: string): readonly string[] => {
      const value: unknown = document.get(key);
      return typeof value === 'string' && value !== '' ? [value] : [];
    };
    const references: unknown = document.getIn(['correlation', 'rules']);
    const listed = typeof references === 'object' && references !== null && 'items' in references;
    return {
      handles: [...written('name'), ...written('id')],
      title: written('title')[0] ?? '',
      isFilter: document.has('filter'),
      references: listed ? (references.items as readonly { value?: unknown }[]).map(({ value }) => String(value)) : [],
    };
  });
}

/** Those of `others` that have no rule in common with `files`. */
export function apartFrom(others: readonly RuleFile[], files: readonly RuleFile[]): readonly RuleFile[] {
  const taken = new Set(files.flatMap(headingsOf).flatMap(({ handles }) => handles));
  return others.filter((file) => !headingsOf(file).some(({ handles }) => handles.some((handle) => taken.has(handle))));
}
