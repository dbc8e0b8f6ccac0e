import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Source } from '#model/source.ts';

/**
 * The sources in this folder: each sub-folder with a `source.ts` that exports `source`, in order of name. Throws when a
 * folder's source does not carry the folder's name.
 */
export async function findSources(): Promise<readonly Source[]> {
  const entries = await readdir(new URL('.', import.meta.url), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map(loadSource));
}

/** `.ts` in the sources, `.js` in what is published. */
const ending = extname(import.meta.url);

async function loadSource(name: string): Promise<Source> {
  const { source } = (await import(new URL(`${name}/source${ending}`, import.meta.url).href)) as {
    readonly source: Source;
  };
  if (source.name !== name) throw new Error(`sources/${name}/source${ending} calls itself ${source.name}`);
  return source;
}
