import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import type { LogSource } from '#sigma/log-source.ts';
import { eventKind } from './event-kind.ts';

const eventOf = (slots: Partial<Slots>, fields: Readonly<Record<string, unknown>> = {}): Event => ({
  key: 'key',
  time: Date.UTC(2026, 10, 23, 5),
  arrivedAt: 0,
  source: 'okta-system-log',
  origin: { file: 'test', offset: 0, bytes: 0 },
  raw: '',
  slots: Object.assign(new Slots(), slots),
  native: (name) => fields[name],
});

const read = (event: Event, name: string): unknown => eventKind.readField(name)(event);

test('fields are slots by their OCSF name, else the vendor’s own; empty slot lists are absent', () => {
  const event = eventOf({ 'resources.type': ['Case', 'Contact'] }, { own: 'x', 'resources.type': 'never asked' });
  assert.deepEqual(read(event, 'resources.type'), ['Case', 'Contact']);
  assert.equal(read(event, 'own'), 'x');
  assert.equal(read(event, 'time'), Date.UTC(2026, 10, 23, 5));
  assert.equal(read(eventOf({}, { 'resources.type': 'never asked' }), 'resources.type'), undefined);
  assert.equal(read(eventOf({}, { 'answers.rdata': 'a word of the network' }), 'answers.rdata'), undefined);
});

test('a kept event still knows the fields it was kept for, and no other of the vendor’s', () => {
  const kept = eventKind.keeper(['own', 'time'])(eventOf({ 'actor.user.uid': 'ann' }, { own: { a: [1] }, other: 2 }));
  assert.deepEqual(
    [read(kept, 'own'), read(kept, 'other'), read(kept, 'actor.user.uid')],
    [{ a: [1] }, undefined, 'ann'],
  );
});

test('a rule that no pipeline has made fit applies to its product and service only', () => {
  const applies = (rule: Partial<LogSource>): boolean =>
    eventKind.appliesTo(
      { product: undefined, category: undefined, service: undefined, ...rule },
      { product: 'Okta', category: undefined, source: 'okta-system-log' },
    );
  const product = 'okta';
  for (const rule of [
    {},
    { product },
    { product, service: 'okta' },
    { service: 'okta-system-log' },
    { product, service: 'system-log' },
  ])
    assert.ok(applies(rule), JSON.stringify(rule));
  for (const rule of [
    { product: 'salesforce' },
    { product, service: 'other' },
    { service: 'system' },
    { product, category: 'authentication' },
    { category: 'proxy' },
  ])
    assert.ok(!applies(rule), JSON.stringify(rule));
});
