import { readFileSync } from 'node:fs';
import { type Failure, failure, type Result, success } from '#model/result.ts';

/** A file that somebody named on the command line. */
export function readText(file: string): Result<string> {
  try {
    return success(readFileSync(file, 'utf8'));
  } catch (error) {
    return failure(fileFault(file, error, 'a file to read'));
  }
}

/** Why a file could not be opened or made, in words; what no file system says is thrown on. */
export function fileFault(where: string, error: unknown, expected: string): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EEXIST: 'a file that is there already',
    EACCES: 'a file that this user may not open',
    EISDIR: 'a directory',
  };
  return { kind: 'invalid', where, found: words[code] ?? code, expected };
}
