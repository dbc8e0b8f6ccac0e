import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { RuleFile } from '#sigma/sigma.ts';
import { asOwn } from './compile-house.ts';

const origin = z.object({ from: z.string(), at: z.number(), digest: z.string() });

/** Where an imported file came from, when (ms since 1970 UTC), and its SHA-256 then. */
export type Origin = z.infer<typeof origin>;

export interface ImportedFile extends RuleFile {
  /** Undefined: somebody laid it there by hand. */
  readonly origin: Origin | undefined;
  readonly isChanged: boolean;
}

const register = 'imported.json';

/** The rules of this folder, none where there is no folder. */
export async function readImported(directory: string): Promise<readonly ImportedFile[]> {
  if (!existsSync(directory)) return [];
  const origins = await readOrigins(directory);
  const names = await readdir(directory, { recursive: true, encoding: 'utf8' });
  return Promise.all(
    names
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort()
      .map(async (name) => {
        const path = join(directory, name);
        const text = await readFile(path, 'utf8');
        const known = origins.get(name);
        return {
          ...asOwn({ name: path, text }),
          origin: known,
          isChanged: known !== undefined && known.digest !== digestOf(text),
        };
      }),
  );
}

/** Copies files into the folder, those of `replaced` going; the register of origins is written last. */
export async function keepImported(
  directory: string,
  files: readonly RuleFile[],
  replaced: readonly RuleFile[],
  at: number,
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const origins = await readOrigins(directory);
  for (const { name } of replaced) await drop(directory, name, origins);
  for (const { name, text } of files) {
    const own = placeFor(directory, name, text);
    await writeWhole(join(directory, own), text);
    origins.set(own, { from: resolve(name), at, digest: digestOf(text) });
  }
  await writeOrigins(directory, origins);
}

export async function removeImported(directory: string, file: RuleFile): Promise<void> {
  const origins = await readOrigins(directory);
  await drop(directory, file.name, origins);
  await writeOrigins(directory, origins);
}

async function drop(directory: string, path: string, origins: Map<string, Origin>): Promise<void> {
  await rm(path, { force: true });
  origins.delete(path.slice(directory.length + 1));
}

/** Another file of that name stays: the newcomer is called by its digest as well. */
function placeFor(directory: string, name: string, text: string): string {
  const own = basename(name);
  if (!existsSync(join(directory, own))) return own;
  const ending = extname(own);
  return `${basename(own, ending)}-${digestOf(text).slice(0, 8)}${ending}`;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A register that cannot be read costs the origins, not the rules. */
async function readOrigins(directory: string): Promise<Map<string, Origin>> {
  const path = join(directory, register);
  if (!existsSync(path)) return new Map();
  try {
    const read = z.record(z.string(), origin).safeParse(JSON.parse(await readFile(path, 'utf8')));
    return new Map(read.success ? Object.entries(read.data) : []);
  } catch {
    return new Map();
  }
}

const writeOrigins = (directory: string, origins: ReadonlyMap<string, Origin>): Promise<void> =>
  writeWhole(join(directory, register), `${JSON.stringify(Object.fromEntries(origins), undefined, 1)}\n`);

/** Whole or not at all, whenever the machine stops. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
