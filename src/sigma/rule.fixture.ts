import assert from 'node:assert/strict';
import { eventOf, type TestEvent, testKind } from './event.fixture.ts';
import { compileRules, type RuleSet, type RuleSetOptions } from './sigma.ts';

type TestOptions = Partial<RuleSetOptions<TestEvent>>;

/** A rule with this section `detection`. Other line ends than `\n` (U+2028) are part of its values. */
export const ruleOf = (detection: string): string =>
  `title: test\nlogsource: {}\ndetection:\n${detection.replaceAll(/^|(?<=\n)/g, '  ')}\n`;

/** A rule of one selection of these items; the first stands on line 5. */
export const select = (item: string): string => ruleOf(`s:\n  ${item.replaceAll('\n', '\n  ')}\ncondition: s`);

export function compile(text: string, options?: TestOptions): RuleSet<TestEvent> {
  const compiled = compileRules([{ name: 'test.yml', text }], { kind: testKind, ...options });
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure));
  return compiled.value;
}

export const fires = (text: string, native: Record<string, unknown>, raw = '', options?: TestOptions): boolean =>
  compile(text, options).evaluate(eventOf({}, { native, raw })).length === 1;

/** The first fault of a rule: where, what was found, what was expected. */
export function refusalOf(text: string, options?: TestOptions): string {
  const compiled = compileRules([{ name: 'test.yml', text }], { kind: testKind, ...options });
  assert.ok(!compiled.ok, `not refused: ${text}`);
  const [first] = compiled.failure;
  assert.ok(first?.kind === 'invalid');
  return `${first.where} ${first.found} / ${first.expected}`;
}
