import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failure, type Result, success } from '#model/result.ts';

/**
 * The files under the given paths, in the order given and by name inside directories. Names that begin with a dot are
 * passed over inside directories; a file or directory reached twice is listed once.
 */
export async function listFiles(paths: readonly string[]): Promise<Result<readonly string[]>> {
  const files: string[] = [];
  const visited = new Set<string>();
  for (const path of paths) {
    const before = files.length;
    const problem = await listUnder(path, files, visited);
    if (problem !== undefined) return failure(problem);
    if (files.length === before && (await stat(path)).isDirectory())
      return failure({ kind: 'invalid', where: path, found: 'an empty directory', expected: 'log files' });
  }
  if (files.length > 0) return success(files);
  return failure({ kind: 'invalid', where: 'PATH', found: 'no path', expected: 'log files or directories of them' });
}

async function listUnder(path: string, files: string[], visited: Set<string>): Promise<Failure | undefined> {
  try {
    const real = await realpath(path);
    if (visited.has(real)) return undefined;
    visited.add(real);
    const facts = await stat(path);
    if (facts.isFile()) files.push(path);
    else if (!facts.isDirectory())
      return { kind: 'invalid', where: path, found: 'neither file nor directory', expected: 'log files' };
    else
      for (const name of (await readdir(path)).sort()) {
        const problem = name.startsWith('.') ? undefined : await listUnder(join(path, name), files, visited);
        if (problem !== undefined) return problem;
      }
    return undefined;
  } catch (error) {
    return fileProblem(path, error);
  }
}

/** The failure behind an error of the file system or of an archive. */
export function fileProblem(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const found =
    code === 'ENOENT'
      ? 'nothing there'
      : code === 'EACCES' || code === 'EPERM'
        ? 'a file that may not be read (permission denied)'
        : `an error on reading: ${message}`;
  return { kind: 'invalid', where: path, found, expected: 'a readable log file or a directory of them' };
}
