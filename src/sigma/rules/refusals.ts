import type { Failure } from '#model/result.ts';

/** What is wrong with one file of rules, each fault with its line. */
export class Refusals {
  readonly list: Failure[] = [];
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Returns undefined, so that a compiler can say `return refusals.refuse(…)`. */
  refuse(line: number, found: string, expected: string): undefined {
    this.list.push({ kind: 'invalid', where: `${this.file}:${line}`, found, expected });
    return undefined;
  }
}
