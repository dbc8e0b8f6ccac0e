import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { openEnrichment } from './open-enrichment.ts';
import { readPeopleRegister } from './people-register.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-known-'));
after(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const eventOf = (slots: Partial<Slots>): Event => ({
  key: 'key',
  time: 0,
  arrivedAt: 0,
  source: 'test',
  origin: { file: 'test', offset: 0, bytes: 0 },
  raw: '',
  slots: Object.assign(new Slots(), slots),
  native: () => undefined,
});

async function open(files: Parameters<typeof openEnrichment>[0]) {
  const opened = await openEnrichment(files);
  assert.ok(opened.ok, opened.ok ? '' : JSON.stringify(opened.failure));
  return opened.value;
}

test('an event learns who announces its address, whose app it is and which lists name it; what its line says stays', async () => {
  const vendors =
    '- vendor: Parlance\n  apps: ["0H4*", Parlance]\n  owner: care@maison.example\n  networks: [8.8.8.0/24]\n';
  const { enrichment, faults } = await open({
    anonymisers: [{ path: write('tor.txt', '8.8.8.8\nnonsense\n'), kind: 'tor' }],
    indicators: [write('own.csv', 'type,value,confidence\nip,8.8.8.8,70\nip,8.8.8.0/24,20\n')],
    vendors: write('vendors.yml', vendors),
  });
  assert.deepEqual(
    faults.map((fault) => (fault.kind === 'invalid' ? fault.where : fault.kind)),
    [`${folder}/tor.txt line 2`],
  );
  const event = eventOf({
    'src_endpoint.ip': '8.8.8.8',
    'actor.app_name': 'PARLANCE',
    'src_endpoint.location.country': 'FR',
  });
  enrichment.describe(event);
  const { slots } = event;
  assert.equal(slots['src_endpoint.autonomous_system.number'], 15169);
  assert.equal(slots['src_endpoint.location.country'], 'FR');
  assert.equal(slots['unmapped.src_endpoint.anonymiser'], 'tor');
  assert.deepEqual(
    [slots['unmapped.vendor.name'], slots['unmapped.vendor.owner'], slots['unmapped.vendor.network']],
    ['Parlance', 'care@maison.example', 'declared'],
  );
  assert.deepEqual([slots['unmapped.indicator.uid']?.length, slots['unmapped.indicator.confidence']], [2, 70]);
  const elsewhere = eventOf({ 'src_endpoint.ip': '9.9.9.9', 'actor.app_uid': '0H45j0000000001' });
  enrichment.describe(elsewhere);
  assert.equal(elsewhere.slots['unmapped.vendor.network'], 'undeclared');
  const unknown = eventOf({ 'src_endpoint.ip': '9.9.9.9', 'actor.app_name': 'Other' });
  enrichment.describe(unknown);
  assert.equal(unknown.slots['unmapped.vendor.name'], undefined);
});

test('a file that changes is read again; while it cannot be read, what was known stays and is told', async () => {
  const path = write('vpn.txt', '192.0.2.1\n');
  const { enrichment } = await open({ anonymisers: [{ path, kind: 'vpn' }], indicators: [] });
  const kindOf = (address: string): string | undefined => {
    const event = eventOf({ 'src_endpoint.ip': address });
    enrichment.describe(event);
    return event.slots['unmapped.src_endpoint.anonymiser'];
  };
  assert.equal(kindOf('192.0.2.1'), 'vpn');
  assert.equal(await enrichment.refresh(), undefined);
  write('vpn.txt', '192.0.2.1\n192.0.2.2\n');
  assert.deepEqual(await enrichment.refresh(), []);
  assert.equal(kindOf('192.0.2.2'), 'vpn');
  rmSync(path);
  assert.equal((await enrichment.refresh())?.[0]?.kind, 'invalid');
  assert.equal(kindOf('192.0.2.2'), 'vpn');
});

test('a missing file and a faulty register refuse to open, each with its place', async () => {
  const vendors = write(
    'bad.yml',
    '- vendor: Parlance\n  apps: [x]\n  network: [8.8.8.0/24]\n- vendor: Other\n  apps: []\n',
  );
  const opened = await openEnrichment({ anonymisers: [], indicators: [join(folder, 'absent.csv')], vendors });
  assert.ok(!opened.ok);
  const places = opened.failure.map((fault) => (fault.kind === 'invalid' ? fault.where : ''));
  assert.ok(
    places.some((place) => place.endsWith('absent.csv')) && places.some((place) => /bad\.yml:3/.test(place)),
    `${places}`,
  );
});

test('names and ids of one person lead to one key; a name that two claim leads to nobody', () => {
  const { personOf, faults } = readPeopleRegister(
    'person;okta_login;crm_id;other names\n4711;Ann@maison.example;0055j00000000B1;ann@corp.example a.shop@crm.example\n4712;bob@maison.example;;ann@corp.example\n;x@y.example;;\n',
  );
  assert.equal(personOf('ANN@maison.example'), '4711');
  assert.equal(personOf('0055j00000000B1'), '4711');
  assert.equal(personOf('a.shop@crm.example'), '4711');
  assert.equal(personOf('ann@corp.example'), undefined);
  assert.equal(personOf('bob@maison.example'), '4712');
  assert.deepEqual(
    faults.map(({ where }) => where),
    ['line 3', 'line 4'],
  );
});
