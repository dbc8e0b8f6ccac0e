import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event } from '#model/event.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import type { Rule } from '#sigma/rule.ts';
import type { RuleFile, RuleSet } from '#sigma/sigma.ts';
import type { EnrichmentFiles } from '../enrichment/read-registers.ts';
import { compileHouse, type HouseOptions } from './compile-house.ts';
import { isBuildingBlock } from './finding-rule.ts';
import { type ImportedFile, readImported } from './imported-rules.ts';

/** A folder of the pack, or an imported file, which has neither runbook nor samples: `rule.yml`, `runbook.md`, `fire.ndjson`, `quiet.ndjson`, and what the samples lean on. */
export interface RuleFolder {
  readonly name: string;
  readonly yaml: string;
  /** Markdown. */
  readonly runbook: string;
  /**
   * Records as the vendors write them, oldest first, read like any log: with `fire` the folder's rules fire, with
   * `quiet` none does.
   */
  readonly samples: { readonly fire: readonly JsonObject[]; readonly quiet: readonly JsonObject[] };
  /**
   * Registers and lists that the samples are read under: `knowledge/` with `indicators.csv`, `vendors.yml`, `people.csv`
   * and address lists named after the service they list, `tor.txt`.
   */
  readonly knowledge: EnrichmentFiles | undefined;
  /** Present for what was imported. */
  readonly imported?: ImportedFile;
}

export interface RulePack {
  readonly ruleSet: RuleSet<Event>;
  /** Rules that make findings, with the folder they stand in. */
  readonly rules: readonly { readonly rule: Rule; readonly folder: RuleFolder }[];
  /** Why imported files were left out. */
  readonly faults: readonly Failure[];
}

interface LoadingRules extends HouseOptions {
  readonly directory?: string;
  /** Folder of imported rules. */
  readonly imported?: string;
}

const packFolder = fileURLToPath(new URL('./', import.meta.url));

/** The pack's rules as files, for others to be compiled beside. */
export async function readPack(directory = packFolder): Promise<readonly RuleFile[]> {
  const read = await readFolders(directory);
  return read.flatMap((folder) => (folder.ok ? [fileOf(folder.value)] : []));
}

const fileOf = ({ name, yaml }: RuleFolder): RuleFile => ({ name: `${name}/rule.yml`, text: yaml, isAsWritten: true });

/**
 * Loads the pack: every folder here, and what was imported. One faulty rule of the pack is a failure that says where; a
 * faulty imported file is left out and told of.
 */
export async function loadRules({
  directory = packFolder,
  imported,
  ...options
}: LoadingRules = {}): Promise<Result<RulePack, readonly Failure[]>> {
  const folders = await readFolders(directory);
  const failures = folders.flatMap((folder) => (folder.ok ? [] : [folder.failure]));
  const read = folders.flatMap((folder) => (folder.ok ? [folder.value] : []));
  const own = imported === undefined ? [] : await readImported(imported);
  const compiled = await compileHouse(read.map(fileOf), own, options);
  if (!compiled.ok) return failure([...failures, ...compiled.failure]);
  if (failures.length > 0) return failure(failures);
  const { ruleSet, faults } = compiled.value;
  const byFile = new Map([
    ...read.map((folder) => [fileOf(folder).name, folder] as const),
    ...own.map((file) => [file.name, folderOf(file)] as const),
  ]);
  const rules = ruleSet.rules
    .filter((rule) => rule.alerts && !isBuildingBlock(rule))
    .map((rule) => ({ rule, folder: byFile.get(rule.file)! }));
  return success({ ruleSet, rules, faults });
}

async function readFolders(directory: string): Promise<readonly Result<RuleFolder>[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readFolder(directory, name)));
}

const folderOf = (imported: ImportedFile): RuleFolder => ({
  name: basename(imported.name),
  yaml: imported.text,
  runbook: `# An imported rule\n\nIt stands in ${basename(imported.name)}. Its description, references and false positives say what its author knew.`,
  samples: { fire: [], quiet: [] },
  knowledge: undefined,
  imported,
});

async function readFolder(directory: string, name: string): Promise<Result<RuleFolder>> {
  const read = (file: string): Promise<string> => readFile(join(directory, name, file), 'utf8');
  try {
    const yaml = await read('rule.yml');
    const runbook = await read('runbook.md');
    const fire = parseLines(await read('fire.ndjson'));
    const quiet = parseLines(await read('quiet.ndjson'));
    const knowledge = await findKnowledge(join(directory, name, 'knowledge'));
    return success({ name, yaml, runbook, samples: { fire, quiet }, knowledge });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return failure({
      kind: 'invalid',
      where: name,
      found,
      expected: 'rule.yml, runbook.md and readable samples fire.ndjson and quiet.ndjson',
    });
  }
}

async function findKnowledge(directory: string): Promise<EnrichmentFiles | undefined> {
  if (!existsSync(directory)) return undefined;
  const names = await readdir(directory);
  const pathOf = (name: string): string | undefined => (names.includes(name) ? join(directory, name) : undefined);
  return {
    anonymisers: names
      .filter((name) => name.endsWith('.txt'))
      .map((name) => ({ path: join(directory, name), kind: basename(name, '.txt') })),
    indicators: names.filter((name) => /^indicators.*\.(?:csv|json)$/.test(name)).map((name) => join(directory, name)),
    vendors: pathOf('vendors.yml'),
    people: pathOf('people.csv'),
  };
}

const parseLines = (text: string): readonly JsonObject[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as JsonObject);
