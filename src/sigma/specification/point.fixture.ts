import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompileOptions, compile, type RuleSet, type Texts } from '../compile.ts';

/** Events under which a rule must fire and must stay quiet, each by itself. */
interface Pair {
  readonly fires: readonly object[];
  readonly quiet: readonly object[];
}

/** One point of the specification, as docs/sigma.md lists it, proved through the library's front door. */
export function point(name: string, rules: Texts, { fires, quiet }: Pair, options?: CompileOptions): void {
  test(name, () => {
    assert.ok(fires.length > 0 && quiet.length > 0, 'a point needs both');
    const set = compiled(rules, options);
    for (const event of fires) assert.equal(set.evaluate(event).length, 1, `fires: ${JSON.stringify(event)}`);
    for (const event of quiet) assert.equal(set.evaluate(event).length, 0, `quiet: ${JSON.stringify(event)}`);
  });
}

/** A point about what is refused: one fault for each text, as `file:line: found …, expected …`. */
export function refused(name: string, cases: readonly (readonly [text: string, told: RegExp])[]): void {
  test(name, () => {
    for (const [text, told] of cases) {
      const outcome = compile(text);
      assert.ok(!outcome.ok, `not refused: ${text}`);
      const tellings = outcome.failure.map(({ where, found, expected }) => `${where}: ${found}, ${expected}`);
      assert.match(tellings.join('\n'), told, text);
    }
  });
}

export function compiled(rules: Texts, options?: CompileOptions): RuleSet {
  const outcome = compile(rules, options);
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  return outcome.value;
}
