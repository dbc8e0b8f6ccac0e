import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import avro from 'avsc';
import { type Salesforce, startSalesforce } from '../salesforce.ts';
import type { PubSub } from './serve-pub-sub.ts';

/** These tests speak as a stranger would: with the interface file that the vendor publishes, or, without it, ours. */
const published = fileURLToPath(new URL('../../../../shared/data/crm/pub-sub-api/pubsub_api.proto', import.meta.url));
const own = fileURLToPath(new URL('../../../src/lib/salesforce-pub-sub.proto', import.meta.url));

interface Event {
  readonly event: { readonly id: string; readonly schema_id: string; readonly payload: Buffer };
  readonly replay_id: Buffer;
}
interface Fetched {
  readonly events: readonly Event[];
  readonly latest_replay_id: Buffer;
  readonly pending_num_requested: number;
}
type Reply = (error: ServiceError | null, answer: Readonly<Record<string, unknown>>) => void;
interface Client {
  Subscribe(metadata: Metadata): ClientDuplexStream<Readonly<Record<string, unknown>>, Fetched>;
  GetTopic(request: { readonly topic_name: string }, metadata: Metadata, reply: Reply): void;
  GetSchema(request: { readonly schema_id: string }, metadata: Metadata, reply: Reply): void;
  Publish?(request: object, metadata: Metadata, reply: Reply): void;
  close(): void;
}

const topic = '/event/ApiEventStream';
const keepAliveMs = 150;
let now = Date.UTC(2026, 10, 23, 12);
let crm: Salesforce;
let bus: PubSub;
let client: Client;
let metadata: Metadata;

before(async () => {
  crm = await startSalesforce({ pubSub: { keepAliveMs }, clock: () => now });
  bus = crm.pubSub!;
  const definition = loadSync(existsSync(published) ? published : own, {
    keepCase: true,
    defaults: true,
    enums: String,
  });
  const root = loadPackageDefinition(definition) as unknown as {
    readonly eventbus: { readonly v1: { readonly PubSub: new (...of: unknown[]) => Client } };
  };
  client = new root.eventbus.v1.PubSub(bus.endpoint, credentials.createInsecure());
  metadata = callerOf(crm.control.grant(crm.apps[0]!.clientId).accessToken);
});
afterEach(() => {
  bus.clearFaults();
  bus.forget();
});
after(async () => {
  client.close();
  await crm.close();
});

function callerOf(token: string, instance = crm.url, tenant = crm.organizationId): Metadata {
  const made = new Metadata();
  for (const [name, value] of Object.entries({ accesstoken: token, instanceurl: instance, tenantid: tenant }))
    made.set(name, value);
  return made;
}

const publish = (count: number, from = 0) => {
  for (let at = from; at < from + count; at++)
    bus.publish(topic, { EventDate: new Date(now).toISOString(), EventIdentifier: `event-${at}`, RowsProcessed: at });
};

interface Subscriber {
  readonly answers: Fetched[];
  readonly events: () => readonly Event[];
  readonly ask: (request: Readonly<Record<string, unknown>>) => void;
  readonly until: (isSo: () => boolean) => Promise<void>;
  readonly error: Promise<ServiceError>;
  readonly cancel: () => void;
}

function subscribe(first: Readonly<Record<string, unknown>>, as = metadata): Subscriber {
  const stream = client.Subscribe(as);
  const answers: Fetched[] = [];
  stream.on('data', (answer: Fetched) => answers.push(answer));
  const error = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
  stream.write({ topic_name: topic, num_requested: 100, ...first });
  return {
    answers,
    events: () => answers.flatMap(({ events }) => events),
    ask: (request) => void stream.write(request),
    until: async (isSo) => {
      for (let turn = 0; !isSo(); turn++) {
        assert.ok(turn < 400, 'nothing of the kind came within 2 s');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    error,
    cancel: () => stream.cancel(),
  };
}

const codeOf = (error: ServiceError) => [
  error.code,
  String(error.metadata.get('error-code')[0]).replace('sfdc.platform.eventbus.grpc.', ''),
];
const ask = (
  method: 'GetTopic' | 'GetSchema',
  request: { topic_name: string } & { schema_id: string },
  as = metadata,
) =>
  new Promise<Readonly<Record<string, unknown>> | ServiceError>((resolve) =>
    client[method](request, as, (error, answer) => resolve(error ?? answer)),
  );
const named = (name: string) => ({ topic_name: name, schema_id: name });

test('events come in order behind the replay id, decoded by the schema they name', async () => {
  publish(5);
  const all = subscribe({ replay_preset: 'EARLIEST' });
  await all.until(() => all.events().length === 5);
  const { schema_id } = all.events()[0]!.event;
  const about = (await ask('GetTopic', named(topic))) as Readonly<Record<string, unknown>>;
  assert.deepEqual(
    [about['schema_id'], about['can_subscribe'], about['can_publish'], about['tenant_guid']],
    [schema_id, true, false, crm.organizationId],
  );
  const info = (await ask('GetSchema', named(schema_id))) as { readonly schema_json: string };
  const type = avro.Type.forSchema(JSON.parse(info.schema_json));
  const records = all.events().map(({ event }) => type.fromBuffer(event.payload));
  assert.deepEqual(
    records.map(({ EventIdentifier, RowsProcessed, EventDate, Query }) => [
      EventIdentifier,
      RowsProcessed,
      EventDate,
      Query,
    ]),
    [0, 1, 2, 3, 4].map((at) => [`event-${at}`, at, now, null]),
  );
  const rest = subscribe({ replay_preset: 'CUSTOM', replay_id: all.events()[2]!.replay_id });
  await rest.until(() => rest.events().length === 2);
  assert.deepEqual(
    rest.events().map(({ event }) => event.id),
    all
      .events()
      .slice(3)
      .map(({ event }) => event.id),
  );
  all.cancel();
  rest.cancel();
});

test('never more is sent than was asked for, and never more than 100 are owed', async () => {
  publish(300);
  const some = subscribe({ replay_preset: 'EARLIEST', num_requested: 7 });
  await some.until(() => some.events().length === 7);
  some.ask({ num_requested: 5_000 });
  await some.until(() => some.events().length === 107);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(some.events().length, 107);
  assert.deepEqual(some.answers.at(-1)!.pending_num_requested, 0);
  some.cancel();
});

test('LATEST begins with what comes next; silence is a keep-alive whose replay id leads on', async () => {
  publish(3);
  const next = subscribe({});
  await next.until(() => next.answers.length > 0);
  assert.deepEqual(next.events(), []);
  const { latest_replay_id } = next.answers[0]!;
  publish(2, 10);
  await next.until(() => next.events().length === 2);
  const again = subscribe({ replay_preset: 'CUSTOM', replay_id: latest_replay_id });
  await again.until(() => again.events().length === 2);
  next.cancel();
  again.cancel();
});

test('after 72 hours an event and its replay id are gone', async () => {
  publish(1);
  const before = subscribe({ replay_preset: 'EARLIEST' });
  await before.until(() => before.events().length === 1);
  before.cancel();
  now += 72 * 3_600_000 + 1;
  metadata = callerOf(crm.control.grant(crm.apps[0]!.clientId).accessToken);
  publish(1, 1);
  const late = subscribe({ replay_preset: 'CUSTOM', replay_id: before.events()[0]!.replay_id });
  assert.deepEqual(codeOf(await late.error), [status.INVALID_ARGUMENT, 'subscription.fetch.replayid.corrupted']);
  const all = subscribe({ replay_preset: 'EARLIEST' });
  await all.until(() => all.events().length === 1);
  all.cancel();
});

test('what is wrong is refused in the documented words', async () => {
  const wrong: readonly (readonly [Readonly<Record<string, unknown>>, status, string])[] = [
    [{ topic_name: '/event/NoSuchEvent' }, status.NOT_FOUND, 'topic.not.found'],
    [{ topic_name: '' }, status.INVALID_ARGUMENT, 'topic.validation.empty'],
    [{ num_requested: 0 }, status.INVALID_ARGUMENT, 'subscription.fetch.requested.events.invalid'],
    [{ replay_preset: 'CUSTOM' }, status.INVALID_ARGUMENT, 'subscription.fetch.replayid.validation.failed'],
    [
      { replay_preset: 'CUSTOM', replay_id: Buffer.from('12907414') },
      status.INVALID_ARGUMENT,
      'subscription.fetch.replayid.corrupted',
    ],
  ];
  for (const [request, code, name] of wrong)
    assert.deepEqual(codeOf(await subscribe(request).error), [code, name], JSON.stringify(request));
  const other = subscribe({});
  other.ask({ topic_name: '/event/LoginEventStream', num_requested: 1 });
  assert.equal(codeOf(await other.error)[1], 'subscription.fetch.topic.mismatch');
  bus.switchOff(topic, true);
  assert.deepEqual(codeOf(await subscribe({}).error), [
    status.PERMISSION_DENIED,
    'subscription.topic.cannot.subscribe',
  ]);
  bus.switchOff(topic, false);
  assert.equal(codeOf((await ask('GetSchema', named('x'))) as ServiceError)[1], 'schema.meta.permission');
});

test('callers prove who they are with each call, and lose their stream with their token', async () => {
  const { clientId } = crm.apps[1]!;
  const token = crm.control.grant(clientId).accessToken;
  for (const [as, code] of [
    [new Metadata(), 'service.auth.headers.invalid'],
    [callerOf('00Dxx!no'), 'service.auth.error'],
    [callerOf(token, 'https://other.my.salesforce.com'), 'service.auth.error'],
    [callerOf(token, crm.url, '00D000000000000AAA'), 'service.auth.error'],
  ] as const) {
    assert.deepEqual(codeOf(await subscribe({}, as).error), [status.UNAUTHENTICATED, code]);
    assert.deepEqual(codeOf((await ask('GetTopic', named(topic), as)) as ServiceError), [status.UNAUTHENTICATED, code]);
  }
  const mine = subscribe({}, callerOf(token));
  await mine.until(() => mine.answers.length > 0);
  crm.control.expireAccess(clientId);
  assert.deepEqual(codeOf(await mine.error), [status.UNAUTHENTICATED, 'service.auth.error']);
});

test('faults happen as asked', async () => {
  publish(4);
  bus.setFault('duplicates', true);
  const twice = subscribe({ replay_preset: 'EARLIEST' });
  await twice.until(() => twice.events().length === 8);
  twice.cancel();
  bus.clearFaults();
  bus.setFault('exhausted', true);
  assert.equal((await subscribe({}).error).code, status.RESOURCE_EXHAUSTED);
  const admitted = subscribe({});
  await admitted.until(() => admitted.answers.length > 0);
  admitted.cancel();
  bus.clearFaults();
  bus.setFault('unavailable', true);
  assert.equal((await subscribe({}).error).code, status.UNAVAILABLE);
  subscribe({}).cancel();
  const cut = subscribe({ replay_preset: 'EARLIEST' });
  assert.equal((await cut.error).code, status.UNAVAILABLE);
  assert.equal(cut.events().length, 4);
  bus.clearFaults();
  bus.setFault('half-open', true);
  const dead = subscribe({ replay_preset: 'EARLIEST' });
  await new Promise((resolve) => setTimeout(resolve, 2 * keepAliveMs));
  assert.deepEqual(dead.answers, []);
  dead.cancel();
});

test('a new release changes the schema in the middle of a stream', async () => {
  const stream = subscribe({ replay_preset: 'EARLIEST' });
  publish(1);
  bus.changeSchema(topic);
  publish(1, 1);
  await stream.until(() => stream.events().length === 2);
  const [before, behind] = stream.events().map(({ event }) => event.schema_id) as [string, string];
  assert.notEqual(before, behind);
  const { schema_json } = (await ask('GetSchema', named(behind))) as { readonly schema_json: string };
  const record = avro.Type.forSchema(JSON.parse(schema_json)).fromBuffer(stream.events()[1]!.event.payload);
  assert.equal(record.EventIdentifier, 'event-1');
  stream.cancel();
});

test('killed and started again it has its events and knows its replay ids', async () => {
  publish(2);
  const cut = subscribe({ replay_preset: 'EARLIEST' });
  await cut.until(() => cut.events().length === 2);
  await bus.restart();
  assert.ok([status.CANCELLED, status.UNAVAILABLE].includes((await cut.error).code));
  const on = subscribe({ replay_preset: 'CUSTOM', replay_id: cut.events()[0]!.replay_id });
  await on.until(() => on.events().length === 1);
  const { replay_id } = on.events()[0]!;
  on.cancel();
  bus.expireReplayIds();
  const refused = subscribe({ replay_preset: 'CUSTOM', replay_id });
  assert.equal(codeOf(await refused.error)[1], 'subscription.fetch.replayid.corrupted');
  const all = subscribe({ replay_preset: 'EARLIEST' });
  await all.until(() => all.events().length === 2);
  all.cancel();
});

test('what it does not offer it says', {
  skip: !existsSync(published) && 'the published file is not there',
}, async () => {
  const error = await new Promise<ServiceError | null>((resolve) =>
    client.Publish?.({ topic_name: topic, events: [] }, metadata, (refused) => resolve(refused)),
  );
  assert.equal(error?.code, status.UNIMPLEMENTED);
});
