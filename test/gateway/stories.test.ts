import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { GatewayLine } from '#model/gateway-line.ts';
import { type CertificateFiles, writeCertificates } from '../../bench/gateway-path-certificates.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';
import { ask, idsIn, type Standing, stealByBulk, tokenFor } from './thief.ts';

/** The vendor's own network, and the thief's. */
const [vendorNetwork, thiefNetwork] = ['127.0.0.1', '127.0.0.66'];

const chatPolicy = `objects:
  Contact: { customer: Id, fields: [FirstName, LastName, Email] }
  Case: { customer: ContactId, fields: [CaseNumber, Subject, Description, Status] }
  Account: { customer: Id, fields: [Name] }
  User: { fields: [Username, LastLoginDate], reference: true }
operations: [query, bulk, count, describe]
hours: always
networks: any
budgets:
  - 2,500 records per hour
  - 1,000 customers per hour
  - 10 counts per hour
`;

const marketingPolicy = `objects:
  Contact: { customer: Id, fields: [FirstName, LastName, Email, Phone, TotalSpend__c] }
operations: [query, bulk]
hours: always
networks: any
budgets:
  - 3,000 customers per hour
`;

const thumbprintOf = (file: string): string => hash('sha256', new X509Certificate(readFileSync(file)).raw, 'base64url');

/** The thief's five days in a minute: lists, descriptions, counts, the people who signed in last. */
const reconnaissance = [
  '/services/data/v64.0/sobjects',
  '/services/data/v64.0/sobjects/Case/describe',
  queryPath('SELECT COUNT() FROM Account'),
  queryPath('SELECT COUNT() FROM Contact'),
  queryPath('SELECT COUNT() FROM Case'),
  queryPath('SELECT Id, Username, LastLoginDate FROM User ORDER BY LastLoginDate DESC LIMIT 20'),
  '/services/data/v64.0/limits',
];
const wholeCases = 'SELECT Id, CaseNumber, Subject, Description FROM Case';
const highSpenders =
  'SELECT Id, FirstName, LastName, Email, TotalSpend__c FROM Contact WHERE TotalSpend__c > 10000 ORDER BY TotalSpend__c DESC';

describe('behind the gateway', () => {
  let stand: Stand;
  let files: CertificateFiles;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cordon-story-'));
    files = await writeCertificates(folder);
    stand = await openStand({}, `tls: { certificate: ${files.certificate}, key: ${files.key} }`, true);
  });
  after(async () => {
    await stand.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const vendor = (): Standing => ({
    localAddress: vendorNetwork,
    authority: files.authority,
    certificate: files.clientCertificate,
    key: files.clientKey,
  });
  const thief = (): Standing => ({ localAddress: thiefNetwork, authority: files.authority });
  const senders = {
    certificate: () => ({ tier: 'certificate', certificates: [thumbprintOf(files.clientCertificate)] }),
    network: () => ({ tier: 'network', networks: [`${vendorNetwork}/32`] }),
    unbound: () => ({ tier: 'unbound' }),
  } as const;

  const noticesOf = async (integration: string): Promise<readonly GatewayLine[]> => {
    const day = new Date().toISOString().slice(0, 10);
    const path = join(stand.configuration.dataDirectory, 'log', `gateway-${day}.ndjson`);
    for (let look = 0; look < 40; look++) {
      const lines = readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as GatewayLine)
        .filter((line) => line.kind === 'notice' && line.integration === integration);
      if (lines.length > 0) return lines;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return [];
  };

  for (const tier of ['certificate', 'network'] as const) {
    it(`stolen-token, bound by ${tier}: refused at the thief's first call, nothing leaves`, async () => {
      const name = `chat-${tier}`;
      const registered = await stand.register(name, chatPolicy, { app: 2, sender: senders[tier]() });
      const token = await tokenFor(registered, vendor());
      const own = await ask(`${stand.url}${queryPath('SELECT Id, Email FROM Contact LIMIT 1')}`, vendor(), {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(own.status, 200, own.text);
      for (const path of reconnaissance) {
        const got = await ask(`${stand.url}${path}`, thief(), { headers: { authorization: `Bearer ${token}` } });
        assert.equal(got.status, 403, got.text);
      }
      const pages = await stealByBulk(stand.url, token, wholeCases, thief());
      assert.ok(pages.every(({ status }) => status === 403));
      const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration: name });
      assert.ok(exposure.ok);
      assert.equal(exposure.value.records.atMost, 1, 'the vendor’s own record alone');
      const [notice] = await noticesOf(name);
      assert.equal(notice?.kind === 'notice' && notice.reason, 'stolen-token');
    });
  }

  it('stolen-token, unbound: at most the budget leaves, and the ledger says which cases and whose', async () => {
    const registered = await stand.register('chat-unbound', chatPolicy, { app: 3, sender: senders.unbound() });
    const token = await tokenFor(registered, vendor());
    for (const path of reconnaissance)
      await ask(`${stand.url}${path}`, thief(), { headers: { authorization: `Bearer ${token}` } });
    const pages = await stealByBulk(stand.url, token, wholeCases, thief());
    assert.ok(!pages.at(-1)!.isWhole || pages.at(-1)!.status === 403, 'a cut that looks like an end');
    const got = new Set(pages.flatMap(({ status, text }) => (status === 200 ? [...idsIn(text, '500')] : [])));
    assert.ok(got.size > 0 && got.size <= 2500, `${got.size} cases left`);
    const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration: 'chat-unbound' });
    assert.ok(exposure.ok);
    const { records, customers, releases } = exposure.value;
    assert.ok((records.atMost ?? Number.NaN) <= 2500 && (customers.atMost ?? Number.NaN) <= 1000);
    assert.ok(records.atLeast >= got.size);
    const whose = await stand.gateway.desk.customers({ kind: 'integration', integration: 'chat-unbound' });
    assert.ok(whose.ok);
    const ids = (await Array.fromAsync(whose.value)).filter((id) => id.startsWith('003'));
    assert.ok(ids.length > 0 && ids.length <= 1000, `${ids.length} customers`);
    assert.ok(releases.some(({ object, fields }) => object === 'Case' && fields.includes('Description')));
    const view = await stand.gateway.desk.view();
    const stopped = view.integrations.find(({ name }) => name === 'chat-unbound');
    assert.equal(stopped?.state, 'suspended');
    const spent = stopped?.budgets.find(({ what, object }) => what === 'records' && object === undefined)?.spent;
    assert.equal(spent, records.atLeast, 'what counts and what left are one number');
    const later = await ask(`${stand.url}${reconnaissance[0]}`, vendor(), {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(later.status, 403, 'the token lives on');
    const [notice] = await noticesOf('chat-unbound');
    assert.equal(notice?.kind === 'notice' && notice.reason, 'budget');
  });

  it('leaky-vendor: bound grants are worth nothing elsewhere, unbound ones end at the budget, the high spenders are named', async () => {
    const [first, second] = [
      await stand.register('courier-maison', marketingPolicy, { app: 4, sender: senders.certificate() }),
      await stand.register('courier-lune', marketingPolicy, { app: 5, sender: senders.unbound() }),
    ];
    const tokens = {
      'courier-maison': await tokenFor(first, vendor()),
      'courier-lune': await tokenFor(second, vendor()),
    };
    const sync = (name: keyof typeof tokens): Promise<{ readonly status: number }> =>
      ask(`${stand.url}${queryPath('SELECT Id, Email FROM Contact ORDER BY Id LIMIT 5')}`, vendor(), {
        headers: { authorization: `Bearer ${tokens[name]}` },
      });
    assert.equal((await sync('courier-maison')).status, 200);
    assert.equal((await sync('courier-lune')).status, 200);

    const bound = await ask(`${stand.url}${queryPath(highSpenders)}`, thief(), {
      headers: { authorization: `Bearer ${tokens['courier-maison']}` },
    });
    assert.equal(bound.status, 403);
    const stolen = new Set<string>();
    let path: string | undefined = queryPath(highSpenders);
    for (let page = 0; path !== undefined && page < 6; page++) {
      const got = await ask(`${stand.url}${path}`, thief(), {
        headers: { authorization: `Bearer ${tokens['courier-lune']}` },
      });
      for (const id of got.status === 200 ? idsIn(got.text, '003') : []) stolen.add(id);
      path =
        got.status === 200 ? (JSON.parse(got.text) as { readonly nextRecordsUrl?: string }).nextRecordsUrl : undefined;
    }
    assert.ok(stolen.size > 0 && stolen.size <= 3000, `${stolen.size} customers left`);
    assert.equal((await sync('courier-maison')).status, 200, 'the vendor’s own sync goes on');

    const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration: 'courier-lune' });
    assert.ok(exposure.ok);
    const byThief = exposure.value.releases.filter(({ address }) => address === thiefNetwork);
    assert.equal(
      byThief.reduce((sum, { records }) => sum + records, 0),
      stolen.size,
    );
    assert.ok(byThief.every(({ fields }) => fields.includes('TotalSpend__c')));
    const ids = await stand.gateway.desk.customers({ kind: 'integration', integration: 'courier-lune' });
    assert.ok(ids.ok);
    const known = new Set(await Array.fromAsync(ids.value));
    assert.deepEqual(
      [...stolen].filter((id) => !known.has(id)),
      [],
    );
  });
});
