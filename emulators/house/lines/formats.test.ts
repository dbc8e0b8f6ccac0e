import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dayMs } from '../calendar.ts';
import { createHouse } from '../house.ts';
import { type LogPiece, livePlay } from '../live-play.ts';
import { columnsOf, eventLogTypes, logFiles, setupAuditTrailColumns } from './log-files.ts';

const reference = new URL('../../../../shared/data/crm/reference/', import.meta.url);
const skip = existsSync(reference) ? false : 'no corpus';
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, reference), 'utf8'));

const house = createHouse({ seed: 1 });
const sunday = Date.UTC(2026, 9, 18);
const play = livePlay(house, { dayOne: sunday - 5 * dayMs, eventsPerDay: 20_000 });
const pieces = [...play.slice(sunday - 5 * dayMs, sunday - 4 * dayMs), ...play.slice(sunday, sunday + dayMs)];

test('event log files have the columns of live files, in their order', { skip }, () => {
  const known = read('elf-columns.json') as Record<string, { readonly columns: readonly string[] }>;
  for (const type of eventLogTypes) {
    // Since 2025 RestApi files have the columns of ApexRestApi ones.
    const expected = known[type === 'RestApi' ? 'ApexRestApi' : type]?.columns;
    assert.deepEqual(columnsOf(type), expected, type);
  }
});

test('setup audit trail and sign-in history have the fields of their objects', { skip }, () => {
  const known = read('salesforce-objects.json') as Record<string, readonly string[]>;
  assert.deepEqual(setupAuditTrailColumns, known['SetupAuditTrail']);
  const history = JSON.parse(piece('LoginHistory.json').text) as readonly Record<string, unknown>[];
  assert.deepEqual(new Set(Object.keys(history[0]!)), new Set(['attributes', ...known['LoginHistory']!]));
});

test('real-time events have exactly the fields that Salesforce stores', { skip }, () => {
  const known = read('rtem-fields.json') as Record<string, readonly string[]>;
  let types = 0;
  for (const { channel, text } of pieces.filter((each) => each.channel === 'real-time')) {
    assert.equal(channel, 'real-time');
    const event = JSON.parse(text.slice(0, text.indexOf('\n'))) as { readonly attributes: { readonly type: string } };
    const fields = Object.keys(event).filter((field) => field !== 'attributes');
    assert.deepEqual(new Set(fields), new Set(known[event.attributes.type]), event.attributes.type);
    types++;
  }
  assert.ok(types >= 6, `${types} types`);
});

test('every row has as many cells as its header, and every object is one line of JSON', () => {
  for (const { name, text, lines } of pieces) {
    const rows = text.trimEnd().split('\n');
    if (name.endsWith('.csv')) {
      const width = cells(rows[0]!).length;
      for (const row of rows.slice(1)) assert.equal(cells(row).length, width, `${name}: ${row}`);
      assert.equal(rows.length - 1, lines, name);
    } else if (name.endsWith('.ndjson')) {
      for (const row of rows) JSON.parse(row);
      assert.equal(rows.length, lines, name);
    }
  }
});

test('every log appears', () => {
  const all = Object.values(logFiles).map(({ name }) => name);
  assert.deepEqual(new Set(pieces.map(({ name }) => name)), new Set(all));
});

const piece = (name: string): LogPiece => pieces.find((each) => each.name === name)!;

/** Cells of a row whose every cell is quoted. */
const cells = (row: string): readonly string[] => row.match(/"(?:[^"]|"")*"/g) ?? [];
