import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { LiveSource } from '#model/live-source.ts';
import type { Source } from '#model/source.ts';

/** `.ts` in the sources, `.js` in what is published. */
const ending = extname(import.meta.url);

/**
 * The sources in this folder: each sub-folder with a `source.ts` that exports `source`, in order of name. Throws when a
 * folder's source does not carry the folder's name.
 */
export async function findSources(): Promise<readonly Source[]> {
  return loadAll('source');
}

/** Those that can be read live: each sub-folder with a `live.ts` that exports `live`. Throws as `findSources` does. */
export async function findLiveSources(): Promise<readonly LiveSource[]> {
  return loadAll('live');
}

/** The processing pipelines of those that have one (`sigma.yml`), which make public rules fit to their events. */
export async function findPipelines(): Promise<readonly SourcePipelineFile[]> {
  const entries = await readdir(new URL('.', import.meta.url), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const place = (name: string): URL => new URL(`${name}/sigma.yml`, import.meta.url);
  const found = names.sort().filter((name) => existsSync(place(name)));
  return Promise.all(
    found.map(async (source) => ({
      source,
      pipeline: { name: `${source}/sigma.yml`, text: await readFile(place(source), 'utf8') },
    })),
  );
}

interface SourcePipelineFile {
  readonly source: string;
  readonly pipeline: { readonly name: string; readonly text: string };
}

async function loadAll<Kind extends 'source' | 'live'>(kind: Kind): Promise<readonly Plugins[Kind][]> {
  const entries = await readdir(new URL('.', import.meta.url), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().flatMap((name) => (existsSync(place(name, kind)) ? [load(name, kind)] : [])));
}

interface Plugins {
  readonly source: Source;
  readonly live: LiveSource;
}

const place = (name: string, kind: keyof Plugins): URL => new URL(`${name}/${kind}${ending}`, import.meta.url);

async function load<Kind extends keyof Plugins>(name: string, kind: Kind): Promise<Plugins[Kind]> {
  const plugin = ((await import(place(name, kind).href)) as Plugins)[kind];
  if (plugin.name !== name) throw new Error(`sources/${name}/${kind}${ending} calls itself ${plugin.name}`);
  return plugin;
}
