import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#model/event.ts';
import type { Finding } from '#model/finding.ts';
import type { JsonObject } from '#model/source.ts';
import { createDetection } from '../detect.ts';
import { openEnrichment } from '../enrichment/open-enrichment.ts';
import type { EnrichmentFiles } from '../enrichment/read-registers.ts';
import { findSources } from '../sources/find-sources.ts';
import { loadRules } from './load-rules.ts';

const sources = await findSources();

/** A sample record through the source that knows it. */
function toEvent(record: JsonObject): Event {
  const source = sources.find((each) => each.acceptsObject?.(record) ?? false);
  assert.ok(source?.readObject !== undefined, `no source reads ${JSON.stringify(record)}`);
  const reading = source.readObject(record);
  if ('invalid' in reading) throw new Error(`${reading.invalid}: ${JSON.stringify(record)}`);
  return {
    key: `${source.name}:${reading.key}`,
    time: reading.time,
    arrivedAt: reading.time,
    source: source.name,
    origin: { file: 'samples', offset: 0, bytes: 0 },
    raw: JSON.stringify(record),
    slots: reading.slots,
    native: (name) => record[name],
  };
}

async function load() {
  const loaded = await loadRules();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure, undefined, 1));
  return loaded.value;
}

async function findingsOf(records: readonly JsonObject[], knowledge?: EnrichmentFiles): Promise<readonly Finding[]> {
  const { ruleSet } = await load();
  const opened = await openEnrichment(knowledge);
  assert.ok(opened.ok && opened.value.faults.length === 0, JSON.stringify(opened));
  const detection = createDetection({ rules: ruleSet, enrichment: opened.value.enrichment });
  return detection.observe(records.map(toEvent)).findings;
}

const { rules } = await load();
const folders = new Map(rules.map(({ folder }) => [folder.name, folder]));

test('the pack is there', () => {
  assert.ok(folders.size >= 15, `${folders.size} folders`);
  assert.equal(new Set(rules.map(({ rule }) => rule.id)).size, rules.length, 'ids are unique');
});

for (const folder of folders.values()) {
  const own = rules.filter((each) => each.folder.name === folder.name).map(({ rule }) => rule);

  test(`${folder.name}: every rule fires on its samples`, async () => {
    const findings = await findingsOf(folder.samples.fire, folder.knowledge);
    const fired = new Set(findings.map(({ rule }) => rule.name));
    assert.deepEqual(
      own.map(({ name }) => name).filter((name) => !fired.has(name)),
      [],
    );
    for (const { explanation } of findings) assert.doesNotMatch(explanation, /[{}]|undefined|not stated/);
  });

  test(`${folder.name}: stays quiet on its quiet samples`, async () => {
    assert.ok(folder.samples.quiet.length > 0);
    const names = new Set(own.map(({ name }) => name));
    const findings = await findingsOf(folder.samples.quiet, folder.knowledge);
    assert.deepEqual(
      findings.filter(({ rule }) => names.has(rule.name)).map(({ explanation }) => explanation),
      [],
    );
  });

  test(`${folder.name}: says what it takes to act on it`, () => {
    assert.match(folder.runbook, /^# .+/);
    for (const heading of ['## What it means', '## First', '## When it is harmless'])
      assert.ok(folder.runbook.includes(heading), `${heading} in runbook.md`);
    for (const rule of own) {
      assert.match(rule.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.ok(rule.techniques.length > 0 || rule.level === 'low', `${rule.name} names a technique`);
      assert.ok(rule.falsePositives.length > 0, `${rule.name} names false positives`);
      assert.ok(rule.custom['cordon'] !== undefined, `${rule.name} has a cordon block`);
    }
  });
}

test('look-alike-app: Salesforce’s own clients are told from those that borrow their name', async () => {
  const sample = folders.get('look-alike-app')!.samples.quiet.find((record) => record['EVENT_TYPE'] === 'API')!;
  const own = ['DataLoaderBulkUI/64.0.2', 'DataLoaderPartnerBatch/60.0.0/', 'Data Loader', 'Dataloader Bulk'];
  const borrowed = ['DataLoaderBulk Sync/1.0', 'My Dataloader', 'Data Loader Portal', 'My Ticket Portal'];
  for (const name of [...own, ...borrowed]) {
    const findings = await findingsOf([{ ...sample, CLIENT_NAME: name }]);
    const fired = findings.some(({ rule }) => rule.name === 'look-alike-app');
    assert.equal(fired, borrowed.includes(name), name);
  }
});
