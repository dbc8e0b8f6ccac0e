import type { Failure } from '#model/result.ts';

/** What is wrong with a rule, filter or pipeline, and where; `where` is `file:line`. */
export interface Fault extends Extract<Failure, { readonly kind: 'invalid' }> {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What is wrong with one file of rules, each fault with its line. */
export class Refusals {
  readonly list: Fault[] = [];
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Returns undefined, so that a compiler can say `return refusals.refuse(…)`. */
  refuse(line: number, found: string, expected: string): undefined {
    this.list.push({ kind: 'invalid', where: `${this.file}:${line}`, file: this.file, line, found, expected });
    return undefined;
  }
}
