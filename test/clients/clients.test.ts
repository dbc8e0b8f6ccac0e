import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import type { Allowance, Destination } from './destination.ts';
import { openCrm } from './directly.ts';
import { createExpected } from './expected.ts';
import { allowedScenes, askedFor, assertSame, checks, everyCustomerAsked, sentIn, version } from './scenes.ts';
import { fewer, openThroughGateway } from './through-gateway.ts';
import { type Client, clients, type Errand, letVisit, notSetUp, type SceneTold, type Visit } from './visit.ts';

const seed = 1;
const expected = createExpected(seed, version);
const asked = askedFor(expected);
const skip = notSetUp;

interface Place {
  readonly name: string;
  readonly open: () => Promise<Destination>;
  /** What the gateway adds to the CRM: how many records an errand for `fewer` may bring home, and the ledger. */
  readonly fewer?: number;
}

/** The same clients are sent to each, and must come home with the same. */
const places: readonly Place[] = [
  { name: 'directly', open: () => openCrm(seed) },
  { name: 'through the gateway', open: () => openThroughGateway(seed), fewer },
];

for (const { name, open, fewer: most } of places) {
  suite(name, () => {
    let destination: Destination;
    before(async () => {
      if (!skip) destination = await open();
    });
    after(() => destination?.close());
    if (most !== undefined) sharesOneBudget(most, () => destination);
    for (const client of clients) {
      bringsEverything(client, () => destination, most !== undefined);
      showsRefusals(client, () => destination);
      if (client !== 'nforce') noticesCuts(client, () => destination);
    }
  });
}

function bringsEverything(client: Client, to: () => Destination, isWrittenDown: boolean): void {
  const scenes = allowedScenes[client];
  suite(`${client} brings home what it is allowed to`, () => {
    let errand: Errand;
    let visit: Visit;
    before(async () => {
      if (!skip) ({ errand, visit } = await send(client, scenes, 'everything', to()));
    });
    for (const scene of scenes) {
      test(scene, { skip }, () => checks[scene]!(toldOf(visit, scene), { expected, errand }));
    }
    test('and ends well', { skip }, () => assert.deepEqual([visit.exitCode, visit.said], [0, '']));
    if (!isWrittenDown) return;
    test('and the ledger names those customers, and no others', { skip }, async () => {
      const customers = (await to().customersOf?.(errand)) ?? [];
      // The others are Accounts, which some scenes ask for too.
      const contacts = customers.filter((id) => id.startsWith('003'));
      assertSame(contacts, everyCustomerAsked(expected));
    });
  });
}

/** What the client asks for that it may not have; the second when it was refused already. */
const refusedScenes: Readonly<Record<Client, readonly string[]>> = {
  jsforce: ['query-refused', 'bulk-refused'],
  'jsforce-node': ['query-refused', 'bulk-refused'],
  'node-sf-bulk2': ['bulk-refused'],
  nforce: ['query-refused'],
};

function showsRefusals(client: Client, to: () => Destination): void {
  test(`${client} shows a refusal word for word and does not ask again`, { skip }, async () => {
    const { visit } = await send(client, refusedScenes[client], 'fewer', to());
    for (const scene of refusedScenes[client]) {
      const told = toldOf(visit, scene);
      assert.match(`${told.error?.code}: ${told.error?.message}`, to().refusal, visit.said);
      const statuses = told.requests.filter(({ method }) => method !== 'DELETE').map(({ status }) => status);
      assert.deepEqual([statuses.indexOf(403), statuses.at(-1)], [statuses.length - 1, 403], 'one refusal, the last');
    }
  });
}

function noticesCuts(client: Exclude<Client, 'nforce'>, to: () => Destination): void {
  test(`${client} takes a bulk answer that was cut for an error`, { skip }, async () => {
    const { visit } = await send(client, ['bulk-cut'], 'until-cut', to());
    const told = toldOf(visit, 'bulk-cut');
    assert.equal(told.got, undefined);
    assert.equal(sentIn(told).at(-1), `GET /services/data/v${version}/jobs/query/JOB/results 200`);
    if (client === 'node-sf-bulk2') {
      assert.deepEqual([told.error?.code, visit.exitCode], ['ECONNRESET', 0]);
    } else {
      assert.match(
        visit.said,
        /Unhandled 'error' event.*terminated/s,
        'jsforce raises it where no program can catch it',
      );
      assert.equal(visit.exitCode, 1);
    }
  });
}

function sharesOneBudget(most: number, to: () => Destination): void {
  test('node-sf-bulk2 brings home no more by asking three times at once', { skip }, async () => {
    const { visit } = await send('node-sf-bulk2', ['bulk-at-once'], 'fewer', to());
    const ends = z.array(z.object({ records: z.int(), isWhole: z.boolean() }));
    const got = ends.parse(toldOf(visit, 'bulk-at-once').got);
    const records = got.reduce((sum, end) => sum + end.records, 0);
    assert.ok(records > 0 && records <= most, `${records} of ${most}`);
    assert.ok(
      got.some(({ isWhole }) => !isWhole),
      'a cut is noticed',
    );
  });
}

async function send(
  client: Client,
  scenes: readonly string[],
  allowance: Allowance,
  destination: Destination,
): Promise<{ readonly errand: Errand; readonly visit: Visit }> {
  const errand = await destination.errand(client, allowance);
  const visit = await letVisit(client, scenes, { ...asked, ...errand }, destination.authority);
  return { errand, visit };
}

function toldOf({ scenes, said, exitCode }: Visit, scene: string): SceneTold {
  const told = scenes.get(scene);
  assert.ok(told, `${scene} was not played; the visit ended with ${exitCode}: ${said}`);
  return told;
}
