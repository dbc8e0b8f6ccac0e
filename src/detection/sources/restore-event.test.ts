import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { detachEvent, type Event } from '#model/event.ts';
import { findSources } from './find-sources.ts';
import { readRecords } from './read-records.ts';
import { createRestorer } from './restore-event.ts';

const sources = await findSources();
const restore = createRestorer(sources);

async function eventsIn(text: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const spans of readRecords([Buffer.from(text)], { file: 'log', sources }))
    for (const span of spans) if (span.fate === 'accepted') events.push(span.event);
  return events;
}

/** As the store gives it back: plain data. */
function restored({ key, time, arrivedAt, source, origin, raw, heading, slots }: Event): Event {
  return restore({ key, time, arrivedAt, source, origin, raw, slots, heading: heading && structuredClone(heading) });
}

async function comesBack(text: string, names: readonly string[]): Promise<number> {
  const events = await eventsIn(text);
  for (const event of events) {
    const again = restored(event);
    const copy = detachEvent(again);
    assert.equal(again.key, event.key);
    for (const name of names) {
      assert.deepEqual(again.native(name), event.native(name), `${event.source} ${name}`);
      assert.deepEqual(copy.native(name), event.native(name), `a copy: ${event.source} ${name}`);
    }
    assert.equal(
      names.some((name) => event.native(name) !== undefined),
      true,
      `${event.source}: none of the fields asked for is there`,
    );
  }
  return events.length;
}

const folder = new URL('./', import.meta.url);

for (const { name } of sources) {
  const file = new URL(`${name}/sigma-samples.ndjson`, folder);
  if (existsSync(file))
    test(`${name}: stored events know their vendor's fields again`, async () => {
      const lines = readFileSync(file, 'utf8').trim().split('\n').slice(0, 40);
      const records = lines.map((line) => (JSON.parse(line) as { event: Record<string, unknown> }).event);
      const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
      // Fields of the acts within a record, too.
      const inner = ['name', 'type', 'operationName', 'id.applicationName', 'records.0.operationName'];
      const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
      assert.ok((await comesBack(text, [...names, ...inner])) >= records.length);
    });
}

test('rows are read again under the header of their file', async () => {
  const logs = new URL('../../../examples/stolen-token/logs/', import.meta.url);
  const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'));
  assert.ok(files.length > 0);
  for (const name of files) {
    const text = readFileSync(new URL(name, logs), 'utf8').split('\n').slice(0, 30).join('\n');
    const header = text.slice(0, text.indexOf('\n')).replaceAll('"', '').split(',');
    assert.ok((await comesBack(text, header)) > 0, name);
  }
});

test('lines are read again under their directives, and alone where they have none', async () => {
  const zeek = [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tcount',
    '1760000000.100000\tCa1\t10.2.0.7\t50100\t198.51.100.9\t443\ttcp\tssl\t1200\t93000',
  ].join('\n');
  assert.equal(await comesBack(zeek, ['id.orig_h', 'resp_bytes', 'proto']), 1);
  const cisco =
    '2026-10-13T12:17:08Z r1 45: %PARSER-5-CFGLOG_LOGGEDCMD: User:anna  logged command:show running-config\n';
  assert.equal(await comesBack(cisco, ['CmdSet', 'message', 'user']), 1);
});

test('an object that a connector keeps as text is found in it again', async () => {
  const [line = ''] = readFileSync(new URL('okta-system-log/sigma-samples.ndjson', folder), 'utf8').split('\n');
  const { event } = JSON.parse(line) as { event: object };
  const wrapped = `${JSON.stringify({ _raw: JSON.stringify(event), _time: 1 })}\n`;
  assert.equal(await comesBack(wrapped, ['eventType', 'actor.alternateId', 'target.0.type']), 1);
});

test('an event of a source that is gone, or that reads it no longer, has no fields and harms nobody', async () => {
  const [event] = await eventsIn(readFileSync(new URL('okta-system-log/samples/vishing.ndjson', folder), 'utf8'));
  assert.ok(event);
  assert.equal(restore({ ...event, source: 'sold' }).native('eventType'), undefined);
  const { key, time, arrivedAt, source, origin, slots } = event;
  assert.equal(restore({ key, time, arrivedAt, source, origin, slots, raw: '{"half' }).native('eventType'), undefined);
  assert.equal(restore({ key, time, arrivedAt, source, origin, slots, raw: 'text' }).native('eventType'), undefined);
});
