import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openBroker } from '#gateway/broker/open-broker.ts';
import { openBudget } from '#gateway/budget/open-budget.ts';
import { readPolicy } from '#gateway/policy/read-policy.ts';
import { viewPolicy } from '#gateway/policy/view-policy.ts';
import { openPlanner } from '#gateway/requests/open-planner.ts';
import { serveGateway } from '#gateway/stream/serve-gateway.ts';
import { openLedger } from '#ledger/open-ledger.ts';
import { type Result, success } from '#model/result.ts';
import { createCsvScanner } from '#scan/csv-scanner.ts';
import { scanJson } from '#scan/json-scanner.ts';
import { createScannerPool } from '#scan/scanner-pool.ts';
import { createMasterKey } from '#vault/master-key.ts';
import { openVault } from '#vault/open-vault.ts';

/** The gateway in a process of its own, with its real parts, in front of a CRM on this machine. */
export interface Serving {
  readonly directory: string;
  readonly upstreamPort: number;
  /** PEM files. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly clientCertificate: string;
  readonly sync: 'before' | 'behind';
  readonly policy: string;
}

export interface Served {
  readonly port: number;
  readonly token: string;
  readonly pid: number;
}

async function serve(given: Serving): Promise<Served> {
  const database = new DatabaseSync(join(given.directory, `state-${given.sync}.sqlite`));
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
  const clock = Date.now;
  const vault = must(
    openVault({ database, masterKey: createMasterKey(randomBytes(32), randomBytes), clock, random: randomBytes }),
  );
  const broker = must(
    openBroker({
      ...{ database, vault, clock, random: randomBytes, publicUrl: 'https://localhost:1' },
      requestToken: async () => success({ status: 200, body: { access_token: '00D000000000001!upstream' } }),
      notify: (notice) => process.stderr.write(`${JSON.stringify(notice)}\n`),
    }),
  );
  const policy = must(readPolicy(given.policy, 'policy.yaml'));
  const view = viewPolicy(policy, 1);
  const budget = openBudget({ policyOf: () => policy, clock });
  const planner = openPlanner({ database, clock, policies: { policyOf: () => view }, budget });
  const ledger = must(
    await openLedger({ directory: join(given.directory, `ledger-${given.sync}`), clock, sync: given.sync }),
  );
  const pool = createScannerPool();
  const gateway = must(
    await serveGateway({
      ...{ broker, planner, budget, ledger, clock },
      scanners: {
        openCsv: (options) => createCsvScanner(options, pool),
        scanJson: (bytes, customerFields) => scanJson(bytes, { customerFields, pool }),
      },
      upstream: {
        host: 'localhost',
        port: given.upstreamPort,
        tls: { authorities: readFileSync(given.authority, 'utf8') },
      },
      listen: { host: '127.0.0.1', port: 0 },
      tls: {
        certificate: readFileSync(given.certificate, 'utf8'),
        key: readFileSync(given.key, 'utf8'),
        asksCertificate: true,
      },
      ...{ origin: undefined, admin: undefined },
      notify: (notice) => process.stderr.write(`${JSON.stringify(notice)}\n`),
      tellCall: () => undefined,
      log: (entry) => process.stderr.write(`${JSON.stringify(entry)}\n`),
      diskShare: async () => (await ledger.space()).usedShare,
      limits: { diskFull: 1.1 },
    }),
  );
  const certificate = new X509Certificate(readFileSync(given.clientCertificate));
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  const credentials = must(
    await broker.register(
      {
        ...{ name: 'warehouse-etl', owner: 'crm team', vendor: 'Warehouse', username: 'etl@maison.example' },
        ...{ organization: '00D000000000001EAA', user: '005000000000001AAA' },
        sender: { tier: 'certificate', certificates: [thumbprint] },
        ways: ['client-credentials'],
        accessMs: 12 * 3_600_000,
        grants: [{ kind: 'client-credentials', clientId: 'crm-client', clientSecret: 'crm-secret' }],
      },
      'Ines',
    ),
  );
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret.plaintext(),
  });
  const head = { method: 'POST', target: '/services/oauth2/token', headers: new Map<string, string>() };
  const answer = await broker.answerForm('token', form, head, { address: '127.0.0.1', certificate: thumbprint });
  const { access_token: token } = answer.body as { access_token: string };
  return { port: gateway.port, token, pid: process.pid };
}

function must<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await serve(JSON.parse(process.argv[2] ?? '{}') as Serving))}\n`);
}
