import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import { type CertificateFiles, writeCertificates } from '../../bench/gateway-path-certificates.ts';
import { cordonIn, type RunningServer, type Said, startIn } from './running-server.ts';

/** The story of one integration that is moved behind the gateway, as its operator types it. Each test goes on from the last. */
let directory: string;
let salesforce: Salesforce;
let files: CertificateFiles;
let port: number;
let gateway: RunningServer;
let secret = '';
let clientId = '';

const cordon = (line: string): Promise<Said> => cordonIn(directory, ...line.split(' '));
const onGateway = (line: string): Promise<Said> => cordon(`gateway ${line} --data records`);
const written = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);

async function says(answer: Promise<Said>, ...lines: readonly RegExp[]): Promise<string> {
  const { code, out, error } = await answer;
  assert.equal(code, 0, error);
  for (const line of lines) assert.match(out, line);
  return out;
}

async function refuses(answer: Promise<Said>, line: RegExp, exitCode = 1): Promise<void> {
  const { code, error } = await answer;
  assert.match(error, line);
  assert.equal(code, exitCode);
}

const policy = (contact: string, budgets: string): string => `integration: agenda-sync
why: Shows advisers their clients' appointments
objects:
  Contact: { customer: Id, ${contact} }
operations: [query, count, describe]
hours: always
networks: any
budgets: [${budgets}]
`;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-cli-gateway-'));
  salesforce = await startSalesforce();
  files = await writeCertificates(directory);
  port = await freePort();
  await written(
    'first.yaml',
    policy('fields: [FirstName, Email], denied: [Birthdate]', '5 customers per hour, 9 counts per hour'),
  );
  await written('narrower.yaml', policy('fields: [FirstName]', '5 customers per hour, 9 counts per hour'));
  await written('wider.yaml', policy('fields: [FirstName, LastName]', '5 customers per hour, 8 counts per hour'));
});
after(async () => {
  await gateway?.end('SIGKILL');
  await salesforce.close();
  await rm(directory, { recursive: true, force: true });
});

test('a configuration is refused with every fault, and a key and a thumbprint are one command each', async () => {
  await written('gateway.yaml', gatewayYaml());
  await refuses(
    cordon('gateway start gateway.yaml'),
    /masterKey: found no file .*master\.key, expected 32 bytes .*cordon gateway key/,
  );
  await says(cordon('gateway key master.key'), /holds a new master key/);
  assert.equal((await stat(join(directory, 'master.key'))).mode & 0o777, 0o600);
  await refuses(cordon('gateway key master.key'), /a file that is there already/);
  await refuses(
    cordon('gateway start gateway.yaml'),
    /auditAnchors\.0\.file: found no .*elsewhere, expected a directory that is there/,
  );
  await mkdir(join(directory, 'elsewhere'));
  await refuses(cordon('gateway thumbprint master.key'), /found no certificate/);
  await refuses(onGateway('status'), /records: found no running gateway/);
});

test('a policy is checked before anybody has it', async () => {
  await says(
    cordon('gateway check first.yaml'),
    /allows reading Contact: FirstName and Email/,
    /Calls may come from any network/,
  );
  await written('slip.yaml', policy('fields: [First Name]', 'lots'));
  await refuses(
    cordon('gateway check slip.yaml'),
    /slip\.yaml:4:\d+ objects.Contact.fields.0: found "First Name"[\s\S]*slip\.yaml:8:\d+ budgets\.0: found "lots"/,
  );
});

test('an integration is registered, and reads nothing until a second person has approved its policy', async () => {
  gateway = await startIn(directory, 'records', 'gateway', 'start', 'gateway.yaml');
  const thumbprint = (await says(cordon(`gateway thumbprint ${files.clientCertificate}`))).trim();
  await written('form.json', JSON.stringify({ ...registrationForm(thumbprint), owner: '' }));
  await refuses(onGateway('register form.json'), /registration owner: found "", expected/);
  await written('form.json', '{ "clientSecret": "very-secret" ');
  const broken = await onGateway('register form.json');
  assert.match(broken.error, /form\.json: found no JSON/);
  assert.doesNotMatch(broken.error, /very-secret/);
  await written('form.json', JSON.stringify(registrationForm(thumbprint)));
  const out = await says(
    onGateway('register form.json'),
    /is registered\. [\s\S]*waits for a second person as proposal 1[\s\S]*Somebody else approves it/,
  );
  clientId = /client id +(\S+)/.exec(out)![1]!;
  secret = /client secret +(\S+)/.exec(out)![1]!;
  await says(
    onGateway('status'),
    /no policy yet: every read is refused\n[\s\S]*until a second person approves proposal 1/,
  );
  await refuses(onGateway('approve 1'), /operator \S+ asked for this change; another person must approve it/);
  await approve('1');
  await says(
    onGateway('status'),
    /agenda-sync {2}active[\s\S]*bound by certificate[\s\S]*reads Contact by query, count and describe; policy version 1/,
  );
});

test('it reads with its certificate only, within its fields only, up to its budget only', async () => {
  const stolen = await signIn(false);
  assert.match(stolen.text, /without its certificate/);
  const token = (JSON.parse((await signIn(true)).text) as { access_token: string }).access_token;
  const query = (soql: string, isBound = true) =>
    call('GET', `/services/data/v64.0/query?q=${encodeURIComponent(soql)}`, isBound, {
      authorization: `Bearer ${token}`,
    });
  assert.equal((await query('SELECT FirstName FROM Contact ORDER BY Id LIMIT 3')).status, 200);
  assert.match(
    (await query('SELECT FirstName FROM Contact LIMIT 1', false)).text,
    /it is bound to a certificate and came from \S+ without one/,
  );
  assert.match(
    (await query('SELECT FirstName FROM Contact WHERE Birthdate > 1990-01-01')).text,
    /Contact\.Birthdate may not be used, and it stands in WHERE/,
  );
  assert.equal((await query('SELECT COUNT() FROM Contact')).status, 200);
  await says(
    onGateway('tokens agenda-sync'),
    /^token-\S+ {2}agenda-sync {2}client-credentials, bound by certificate {2}issued .* UTC; last used/,
  );
  const reached = await query('SELECT FirstName FROM Contact ORDER BY Id DESC LIMIT 3');
  assert.deepEqual([reached.status, /"REQUEST_LIMIT_EXCEEDED"/.test(reached.text)], [403, true]);
  await says(onGateway('status'), /agenda-sync {2}SUSPENDED .* UTC by gateway: [\s\S]*3 of 5 customers in any 1 h/);
});

test('the ledger answers by integration, token and customer, and never "nothing" for what nobody bears', async () => {
  const exposure = (line: string): Promise<Said> => cordon(`exposure ${line} --data records`);
  await says(
    exposure('--integration agenda-sync'),
    /records {4}3\n {2}customers {2}3\n[\s\S]*exact, from the ledger[\s\S]*times in UTC/,
  );
  const ids = (await says(exposure('--integration agenda-sync --ids'))).trim().split('\n');
  assert.equal(ids.length, 3);
  await says(exposure(`--customer ${ids[0]}`), /customers {2}1\n[\s\S]*Contact\.FirstName {2}1/);
  await says(exposure('--customer 003Jx0000009999'), /^Nothing left through the gateway for customer 003Jx0000009999/);
  await refuses(exposure(`--customer ${ids[0]!.slice(0, 17)}B`), /as the CRM shows them; capitals count/);
  await refuses(exposure('--integration agenda-snyc'), /an integration agenda-snyc is not there/);
  await refuses(exposure('--token token-0000'), /a token token-0000 is not there/);
  await refuses(exposure('--integration agenda-sync --from yesterday'), /Expected a time like/, 2);
  await mkdir(join(directory, 'evidence'));
  await says(
    exposure('--integration agenda-sync --parquet evidence'),
    /releases\.parquet with 1 row, reads\.parquet with 3 rows/,
  );
  assert.deepEqual((await readdir(join(directory, 'evidence'))).sort(), ['reads.parquet', 'releases.parquet']);
  await refuses(
    onGateway('learn agenda-sync'),
    /calls of agenda-sync stand within half an hour of a suspicious notice/,
  );
});

test('what narrows a policy is in force at once; what widens it waits, and only that is shown as widening', async () => {
  await refuses(onGateway('policy agenda-sync narrower.yaml'), /--why: found nothing, expected the reason/);
  const change = (file: string) =>
    cordonIn(directory, 'gateway', 'policy', 'agenda-sync', file, '--why', 'as agreed', '-d', 'records');
  await says(change('narrower.yaml'), /in force as version 2/);
  const asked = await says(change('wider.yaml'), /waits for a second person as proposal 2/);
  assert.match(asked, /It widens:\n {2}allows reading Contact\.LastName\nSomebody else/);
  await written(
    'other.yaml',
    policy('fields: all', '9 customers per hour, 9 counts per hour').replace('agenda-sync', 'other'),
  );
  await refuses(change('other.yaml'), /agenda-sync\.yaml integration: found other, expected agenda-sync/);
  await says(
    cordonIn(directory, 'gateway', 'reject', '2', '--why', 'not needed', '-d', 'records'),
    /rejected; nothing has changed/,
  );
  await says(
    onGateway('policy agenda-sync --history'),
    /^Version 2 .* UTC, by operator \S+: as agreed\n {2}no longer allows reading Contact\.Email\nVersion 1 .*approved by tom/,
  );
});

test('after a stop and a new master key it knows budget, suspension and ledger; only a person resumes', async () => {
  await says(onGateway('rotate agenda-sync --overlap 0'), /The old one is taken no more/);
  await gateway.end('SIGTERM');
  await says(cordon('gateway verify gateway.yaml'), /is whole: \d+ frames, held against 1 anchor\./);
  await says(cordon('gateway key new.key'));
  await written('gateway.yaml', gatewayYaml().replace('master.key', 'new.key'));
  await refuses(cordon('gateway start gateway.yaml'), /secrets wrapped by master key/);
  await written(
    'moving.yaml',
    `${gatewayYaml().replace('master.key', 'new.key')}formerMasterKey: { file: master.key }\n`,
  );
  gateway = await startIn(directory, 'records', 'gateway', 'start', 'moving.yaml');
  await gateway.end('SIGTERM');
  gateway = await startIn(directory, 'records', 'gateway', 'start', 'gateway.yaml');
  await says(onGateway('status'), /SUSPENDED[\s\S]*3 of 5 customers in any 1 h/);
  await says(
    cordonIn(directory, 'gateway', 'resume', 'agenda-sync', '--why', 'vendor called', '-d', 'records'),
    /resumed/,
  );
  await says(onGateway('status'), /agenda-sync {2}active/);
});

test('a ledger that was rewritten does not hold', async () => {
  await gateway.end('SIGTERM');
  const [segment] = (await readdir(join(directory, 'records', 'ledger'))).filter((name) => name.endsWith('.ledger'));
  const path = join(directory, 'records', 'ledger', segment!);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(path, bytes);
  const { code, out } = await cordon('gateway verify gateway.yaml');
  assert.equal(code, 1);
  assert.match(out, /does not hold at frame [\d,]+ \(segment \d+, byte [\d,]+\)/);
  await refuses(cordon('gateway start gateway.yaml'), /expected the frame that was written there/);
});

const gatewayYaml = (): string => `dataDirectory: records
listen: { port: ${port} }
admin: { port: 0 }
publicUrl: https://localhost:${port}
tls: { certificate: '${files.certificate}', key: '${files.key}' }
upstream: { instanceUrl: '${salesforce.url}' }
masterKey: { file: master.key }
auditAnchors: [{ file: elsewhere/anchors.jsonl }]
`;

function registrationForm(thumbprint: string): object {
  const { clientId: upstreamId, clientSecret, username } = salesforce.apps[0]!;
  const user = salesforce.users.find((each) => each.username === username)!;
  return {
    ...{ name: 'agenda-sync', owner: 'Lea Marin', vendor: 'Agenda SA' },
    ...{ organization: salesforce.organizationId, user: user.id, username },
    grants: [{ kind: 'client-credentials', clientId: upstreamId, clientSecret }],
    ways: ['client-credentials'],
    sender: { tier: 'certificate', certificates: [thumbprint] },
    policy: 'first.yaml',
  };
}

/** The second person, at the gateway's socket as the console would be. */
async function approve(proposal: string): Promise<void> {
  await gateway.ask('POST', `/gateway/proposals/${proposal}/approve`, { by: 'tom' });
}

const signIn = (isBound: boolean) =>
  call(
    'POST',
    '/services/oauth2/token',
    isBound,
    { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }).toString(),
  );

function call(
  method: string,
  path: string,
  isBound: boolean,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const certificate = isBound && { cert: readFileSync(files.clientCertificate), key: readFileSync(files.clientKey) };
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, method, path, headers, ca: readFileSync(files.authority), agent: false };
    const outgoing = request({ ...options, ...certificate }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port: free } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return free;
}
