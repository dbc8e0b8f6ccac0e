import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventOf, testKind } from './event.fixture.ts';
import { compileRules } from './sigma.ts';

const corpus = new URL('../../../shared/data/', import.meta.url);
const rulesFolder = new URL('detection/sigmahq-cloud-rules/', corpus);
const oktaLog = new URL('crm/tenzir-library/okta-system-log.ndjson', corpus);
const skip = existsSync(rulesFolder) && existsSync(oktaLog) ? false : 'no corpus';

const readRules = (folder: URL): readonly { readonly name: string; readonly text: string }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

test('every cloud rule of SigmaHQ compiles, every modifier of theirs included', { skip }, (t) => {
  const files = readRules(rulesFolder);
  const modifiers = new Map<string, number>();
  for (const { text } of files)
    for (const [, chain = ''] of text.matchAll(/^[ -]*[^\s'|]*\|([a-z|\d]+):/gm))
      modifiers.set(chain, (modifiers.get(chain) ?? 0) + 1);
  const outcome = compileRules(files, { kind: testKind });
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  t.diagnostic(`${outcome.value.rules.length} compile; modifiers: ${JSON.stringify([...modifiers])}`);
  assert.equal(outcome.value.rules.length, files.length);
  assert.ok(files.length >= 300);
});

const read = (record: unknown, name: string): unknown =>
  name.split('.').reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.map((each) => read(each, key));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, record);

test('SigmaHQ’s Okta rules find in real records what a search by hand finds', { skip }, () => {
  const compiled = compileRules(readRules(new URL('identity/okta/', rulesFolder)), { kind: testKind });
  assert.ok(compiled.ok);
  const records = readFileSync(oktaLog, 'utf8').trim().split('\n');
  const fired = new Map<string, number>();
  const typed = (eventType: string): number =>
    records.filter((line) => read(JSON.parse(line), 'eventType') === eventType).length;
  for (const raw of records) {
    const record: unknown = JSON.parse(raw);
    const event = eventOf({ 'metadata.product.name': 'Okta' }, { raw });
    for (const { rule } of compiled.value.evaluate({ ...event, native: (name) => read(record, name) }))
      fired.set(rule.title, (fired.get(rule.title) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(fired), {
    'New Okta User Created': typed('user.lifecycle.create'),
    'Okta User Account Locked Out': typed('user.account.lock'),
    'Okta Security Threat Detected': typed('security.threat.detected'),
  });
});
