import type {
  CoverageView,
  GatewayExposureView,
  GatewayIntegrationView,
  GatewayView,
  PolicyOutcome,
  PolicyPage,
  ProposalView,
  ReachView,
  ReleaseView,
  RiverView,
} from '#model/gateway-wire.ts';
import { hostile, long } from './fake-house.ts';

/** A gateway for `vite dev` alone: one of each state, and names as an attacker would choose them. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const fields = ['Id', 'FirstName', 'LastName', 'Email', 'Phone', 'TotalSpend__c'];

const coverage: CoverageView = {
  integrations: { behind: 4, all: 61 },
  reads: { behind: 38_204_112, all: 100_412_882 },
  outside: ['Drift Chat', hostile, long, ...Array.from({ length: 54 }, (_, index) => `Vendor ${index + 1}`)],
  words:
    'Exact for 4 of 61 integrations, with 38% of the records that logs saw third parties read. The other 57 go straight to the CRM: known from logs only, within bounds.',
};

const yaml = (name: string): string => `integration: ${name}
why: Shows advisers who is writing
objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email, Phone, TotalSpend__c]
operations: [query, bulk, describe]
hours: always
networks: any
budgets:
  - 3,000 records per hour
`;

const base: GatewayIntegrationView = {
  name: 'parlance-chat',
  owner: 'Ada Lindqvist, client services',
  vendor: 'Parlance',
  state: 'suspended',
  suspended: { at: 0, why: 'the budget of Contact is reached, and it asked for more', by: 'cordon' },
  tier: 'unbound',
  tokens: 2,
  policyVersion: 2,
  dryRun: false,
  objects: ['Contact'],
  operations: ['query', 'bulk', 'describe'],
  warnings: ['Calls may come from any network: a stolen token works anywhere, unless it is bound to a certificate.'],
  uncounted: [],
  budgets: [{ what: 'records', windowMs: hour, limit: 3_000, spent: 3_000 }],
  calls: 1_204,
  refused: 47,
};

const { suspended: _, ...working } = { ...base, state: 'active' as const, refused: 0, warnings: [] };

const integrations = (now: number): readonly GatewayIntegrationView[] => [
  { ...base, suspended: { ...base.suspended!, at: now - 4 * minute }, lastCallAt: now - 3 * minute },
  {
    ...working,
    name: 'warehouse-sync',
    owner: 'Mei Tanaka, data platform',
    vendor: 'house',
    tier: 'certificate',
    budgets: [
      { what: 'records', windowMs: hour, limit: 200_000, spent: 168_204 },
      { what: 'customers', object: 'Contact', windowMs: day, limit: 2_000_000, spent: 900_112 },
    ],
    lastCallAt: now - 2_000,
  },
  { ...working, name: 'wishlist', vendor: 'house', tier: 'network', dryRun: true, lastCallAt: now - 20_000 },
  {
    ...working,
    name: `loyalty ${hostile}`,
    vendor: long,
    tier: 'dpop',
    budgets: [],
    uncounted: ['/services/data/v64.0/limits'],
    warnings: ['It opens a path uncounted: its exposure has no upper bound.'],
  },
];

function river(words: URLSearchParams, now: number): RiverView {
  const [from, to, stepMs] = ['from', 'to', 'step'].map((word) => Number(words.get(word))) as [number, number, number];
  const steps = Math.round((to - from) / stepMs);
  const perMinute = stepMs / minute;
  const cutAt = now - 4 * minute;
  const wave = (index: number, mean: number): number =>
    Math.round(mean * perMinute * (1 + 0.4 * Math.sin(from / stepMs + index * 1.7) + 0.2 * Math.sin(index * 0.3)));
  const series = (integration: string, of: (index: number, at: number) => number) => {
    const records = Array.from({ length: steps }, (_, index) => of(index, from + index * stepMs));
    return { integration, records, customers: records.map((count) => Math.round(count * 0.9)) };
  };
  return {
    from,
    to,
    stepMs,
    series: [
      series('warehouse-sync', (index) => wave(index, 1_400)),
      series('wishlist', (index) => wave(index, 220)),
      series(`loyalty ${hostile}`, (index) => wave(index, 90)),
      series('parlance-chat', (index, at) => (at > cutAt ? 0 : at + stepMs > cutAt ? 2_904 : wave(index, 38))),
    ],
    cuts: [0, 1, 2].map((index) => ({
      at: cutAt + index * 2_000,
      integration: 'parlance-chat',
      words: 'parlance-chat was cut at its budget after 2,904 records of Contact of this answer',
    })),
  };
}

const reach = (integration: string): ReachView => ({
  integration,
  objects: [
    {
      object: 'Contact',
      read: 190_412,
      left: 610_000,
      fields,
      sensitive: fields.slice(1),
    },
    { object: 'Case', read: 4, left: 3_000, fields: ['Id', 'Subject', 'Status'], sensitive: [] },
    { object: 'Order', read: 0, fields: ['every field'], sensitive: [] },
  ],
});

function exposure(kind: GatewayExposureView['subject']['kind'], name: string, now: number): GatewayExposureView {
  const releases = Array.from(
    { length: 40 },
    (_, index): ReleaseView => ({
      id: index,
      at: now - index * 7 * minute,
      integration: kind === 'integration' ? name : 'parlance-chat',
      token: `token-${index % 3}eb6cdd9178ead69b7dd`,
      tier: 'unbound',
      address: '203.0.113.77',
      operation: index === 0 ? 'bulk' : 'query',
      object: 'Contact',
      fields: index === 0 ? fields : fields.slice(0, 4),
      query: `SELECT ${fields.join(', ')} FROM Contact WHERE LastName LIKE '${hostile}%'`,
      records: index === 0 ? 2_904 : (index * 7) % 5,
      end: (['cut', 'complete', 'complete', 'broken', 'unknown'] as const)[index % 5] ?? 'complete',
    }),
  );
  return {
    subject: { kind, name },
    from: releases.at(-1)?.at ?? now,
    to: now,
    releases,
    releaseCount: 4_012,
    records: { atLeast: 3_000, atMost: 3_060 },
    customers: { atLeast: 2_984, atMost: 3_044 },
    fields: fields.map((field, index) => ({ object: 'Contact', field, records: 3_000 - index * 400 })),
    doubts: [
      'A crash left open whether up to 60 further records of Contact reached parlance-chat; they count as read.',
    ],
    coverage,
  };
}

/** The fake gateway's answers by method and path, `*` for a name. Changes live as long as the process. */
export function fakeGateway(person: string) {
  let known = integrations(Date.now());
  let policy = yaml('parlance-chat');
  let proposals: readonly ProposalView[] = [
    {
      id: '1',
      integration: 'wishlist',
      by: 'person-2',
      at: Date.now() - hour,
      why: 'The advisers ask for the birthday.',
      widens: ['allows reading Contact.Birthdate', 'no longer allows reading Contact.Phone'],
      expiresAt: Date.now() + 3 * day,
    },
  ];
  const view = (): GatewayView => ({
    at: Date.now(),
    publicUrl: 'https://crm-gateway.maison-orfevre.example',
    startedAt: Date.now() - 3 * day,
    isReady: true,
    integrations: known,
    coverage,
    streams: 3,
    disk: { freeBytes: 31e9, totalBytes: 200e9, ledgerBytes: 4.2e9 },
    proposals,
  });
  const page = (integration: string): PolicyPage => ({
    integration,
    version: 2,
    yaml: integration === 'parlance-chat' ? policy : yaml(integration),
    history: [2, 1].map((version) => ({
      version,
      at: Date.now() - (3 - version) * 9 * day,
      by: 'person-1',
      approvedBy: 'Ines Moreau, security',
      why: version === 1 ? 'registered' : 'The vendor cannot bind its token, so the budget is small.',
      changes:
        version === 1
          ? ['allows reading Contact: FirstName and LastName', 'allows up to 20,000 records per hour']
          : ['no longer allows more than 3,000 records per hour: up to 20,000'],
    })),
  });
  const stand = (name: string, suspended: GatewayIntegrationView['suspended']): object => {
    known = known.map(({ suspended: _, ...each }) =>
      each.name !== name
        ? { ...each, ...(_ && { suspended: _ }) }
        : suspended === undefined
          ? { ...each, state: 'active' }
          : { ...each, state: 'suspended', suspended },
    );
    return {};
  };
  const propose = (integration: string, body: Record<string, unknown>): PolicyOutcome | undefined => {
    const text = String(body['yaml']);
    if (!text.includes('integration:')) return undefined;
    if (text.length < policy.length) {
      policy = text;
      return { state: 'in force', version: 3 };
    }
    const [at, why] = [Date.now(), String(body['why'])];
    const widens = ['allows what this fake cannot judge'];
    const proposal = { id: crypto.randomUUID(), integration, by: person, at, why, widens, expiresAt: at + 7 * day };
    proposals = [...proposals, proposal];
    return { state: 'waits for a second person', proposal };
  };
  const decided = (id: string): object => {
    proposals = proposals.filter((each) => each.id !== id);
    return { state: 'in force', version: 3 };
  };
  return {
    view,
    river: (words: URLSearchParams) => river(words, Date.now()),
    reach,
    page,
    exposure: (kind: GatewayExposureView['subject']['kind'], name: string) => exposure(kind, name, Date.now()),
    suspend: (name: string, why: string) => stand(name, { at: Date.now(), why, by: person }),
    resume: (name: string) => stand(name, undefined),
    propose,
    decided,
    learned: (integration: string) => ({
      integration,
      from: Date.now() - 7 * day,
      to: Date.now(),
      calls: 4_012,
      yaml: yaml(integration).replace('3,000 records', '1,800 records'),
      wouldRefuse: 3,
      leftOut: [{ from: Date.now() - 2 * hour, to: Date.now() - hour, why: 'it was cut at its budget' }],
    }),
  };
}
