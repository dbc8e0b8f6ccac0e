import assert from 'node:assert/strict';
import { eventOf, type TestEvent, testKind } from '../event.fixture.ts';
import { compileRules, type RuleSet, type RuleSetOptions } from '../sigma.ts';

/** A rule that matches events whose `act` is its name, or this value. */
export const base = (name: string, value = name): string =>
  `title: ${name}\nname: ${name}\nlogsource: {}\ndetection: {s: {act: ${value}}, condition: s}\nlevel: low\n`;

/** A correlation rule with this section; it begins on line 4. */
export const correlation = (body: string, name = 'joined'): string =>
  `title: ${name}\nname: ${name}\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;

export function compile(
  documents: readonly string[],
  options?: Partial<RuleSetOptions<TestEvent>>,
): RuleSet<TestEvent> {
  const compiled = compileRules([{ name: 'rule.yml', text: documents.join('---\n') }], { kind: testKind, ...options });
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure));
  return compiled.value;
}

export function refusal(documents: readonly string[]): string {
  const compiled = compileRules([{ name: 'rule.yml', text: documents.join('---\n') }], { kind: testKind });
  assert.ok(!compiled.ok, 'expected to be refused');
  return JSON.stringify(compiled.failure);
}

export const minute = 60_000;

/** An event at this minute; it arrives after all others. */
export const at = (minutes: number, act: string, who = 'ann', what?: unknown): TestEvent => ({
  ...eventOf({ 'actor.user.uid': who }, { native: { act, what }, time: minutes * minute }),
  arrivedAt: Number.MAX_SAFE_INTEGER,
});

/** The matches of these events, each as `name@minutes of its events`. */
export const run = (rules: RuleSet<TestEvent>, events: readonly TestEvent[]): readonly string[] =>
  events.flatMap((event) =>
    rules
      .evaluate(event)
      .map(({ rule, events: found }) => `${rule.name}@${found.map(({ time }) => time / minute).join(',')}`),
  );
