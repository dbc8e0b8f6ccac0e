import { failure, type Result, success } from '#model/result.ts';
import { type CharacterTest, type Pattern, parseExpression } from './parse-expression.ts';
import { foldCase } from './text-pattern.ts';

export interface RefusedExpression {
  readonly found: string;
  readonly expected: string;
}

/** Instructions of one expression; matching takes at most text length × this many steps. */
const maximumProgram = 1000;

type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assert'; readonly anchor: '^' | '$' | 'b' | 'B' }
  | { readonly kind: 'split'; readonly first: number; second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'match' };

/**
 * A test whether the expression is found anywhere in a text, in time linear in the text whatever the expression: rules
 * are written by people and texts by attackers, and JavaScript's own engine takes exponential time on some pairs of
 * them. Thompson's simulation of all paths at once (R. Cox, "Regular Expression Matching: the Virtual Machine
 * Approach", 2009). `flags`: i, m, s.
 */
export function compileRegularExpression(
  source: string,
  flags: string,
): Result<(text: string) => boolean, RefusedExpression> {
  const ignoresCase = flags.includes('i');
  const parsed = parseExpression(source, { ignoresCase, dotTakesNewline: flags.includes('s') });
  if (!parsed.ok) return failure({ found: source, expected: parsed.failure });
  const program: Instruction[] = [];
  emit(parsed.value, program);
  program.push({ kind: 'match' });
  if (program.length > maximumProgram)
    return failure({ found: source, expected: `an expression of at most ${maximumProgram} steps` });
  const search = createSearch(program, flags.includes('m'));
  return success((text) => search(codePoints(ignoresCase ? foldCase(text) : text)));
}

function codePoints(text: string): readonly number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at)!;
    codes.push(code);
    if (code > 0xffff) at += 1;
  }
  return codes;
}

/** Appends the instructions of a pattern; gives up silently once the program is too long. */
function emit(pattern: Pattern, program: Instruction[]): void {
  if (program.length > maximumProgram) return;
  switch (pattern.kind) {
    case 'character':
    case 'assert':
      program.push(pattern);
      return;
    case 'sequence':
      for (const part of pattern.parts) emit(part, program);
      return;
    case 'either':
      emitEither(pattern.choices, program);
      return;
    case 'repeat':
      for (let count = 0; count < pattern.least && program.length <= maximumProgram; count += 1)
        emit(pattern.part, program);
      if (pattern.most === undefined) emitLoop(pattern.part, program);
      else emitOptional(pattern.part, pattern.most - pattern.least, program);
  }
}

function emitEither([first, ...rest]: readonly Pattern[], program: Instruction[]): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    emit(first, program);
    return;
  }
  const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
  program.push(split);
  emit(first, program);
  const jump = { kind: 'jump' as const, to: 0 };
  program.push(jump);
  split.second = program.length;
  emitEither(rest, program);
  jump.to = program.length;
}

function emitLoop(part: Pattern, program: Instruction[]): void {
  const start = program.length;
  const split = { kind: 'split' as const, first: start + 1, second: 0 };
  program.push(split);
  emit(part, program);
  program.push({ kind: 'jump', to: start });
  split.second = program.length;
}

function emitOptional(part: Pattern, times: number, program: Instruction[]): void {
  const splits: { second: number }[] = [];
  for (let count = 0; count < times && program.length <= maximumProgram; count += 1) {
    const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
    splits.push(split);
    program.push(split);
    emit(part, program);
  }
  for (const split of splits) split.second = program.length;
}

/** Runs all paths side by side; each instruction is visited at most once at each character. */
function createSearch(program: readonly Instruction[], isMultiline: boolean): (codes: readonly number[]) => boolean {
  return (codes) => {
    const visitedAt = new Int32Array(program.length).fill(-1);
    let threads: number[] = [];
    const isFound = (start: number, at: number, into: number[]): boolean => {
      const stack = [start];
      for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
        if (visitedAt[pc] === at) continue;
        visitedAt[pc] = at;
        const instruction = program[pc]!;
        if (instruction.kind === 'match') return true;
        if (instruction.kind === 'character') into.push(pc);
        else if (instruction.kind === 'jump') stack.push(instruction.to);
        else if (instruction.kind === 'split') stack.push(instruction.second, instruction.first);
        else if (isAt(instruction.anchor, codes, at, isMultiline)) stack.push(pc + 1);
      }
      return false;
    };
    for (let at = 0; at <= codes.length; at += 1) {
      const next: number[] = [];
      const code = codes[at - 1]!;
      for (const pc of threads) {
        const instruction = program[pc]!;
        if (instruction.kind === 'character' && instruction.test(code) && isFound(pc + 1, at, next)) return true;
      }
      if (isFound(0, at, next)) return true;
      threads = next;
    }
    return false;
  };
}

const newline = 10;

function isAt(anchor: '^' | '$' | 'b' | 'B', codes: readonly number[], at: number, isMultiline: boolean): boolean {
  switch (anchor) {
    case '^':
      return at === 0 || (isMultiline && codes[at - 1] === newline);
    case '$':
      return at === codes.length || (codes[at] === newline && (isMultiline || at === codes.length - 1));
    default:
      return (isWord(codes[at - 1]) !== isWord(codes[at])) === (anchor === 'b');
  }
}

const isWord = (code: number | undefined): boolean =>
  code !== undefined && code < 128 && /\w/.test(String.fromCharCode(code));
