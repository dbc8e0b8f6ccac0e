/** The shapes of model/gateway-wire.ts as zod schemas. */
import { z } from 'zod';
import { senderTiers } from '#model/release.ts';

const time = z.number().describe('ms since 1970 UTC');
const text = z.string();
const texts = z.array(z.string());
const count = z.number();
const tier = z.enum(senderTiers);
const bounds = z.object({ atLeast: count, atMost: count.optional() });
const share = z.object({ behind: count, all: count });

const names = z.record(text, text).exactOptional();

const coverage = z.object({ integrations: share, reads: share.optional(), outside: texts, words: text });

const budget = z.object({
  what: z.enum(['records', 'customers', 'counts']),
  object: text.exactOptional(),
  windowMs: count,
  limit: count,
  spent: count,
  freesAt: time.exactOptional(),
});

const proposal = z.object({
  id: text,
  integration: text,
  by: text,
  at: time,
  why: text,
  widens: texts,
  expiresAt: time,
});

const integration = z.object({
  name: text,
  owner: text,
  vendor: text,
  state: z.enum(['active', 'suspended']),
  suspended: z.object({ at: time, why: text, by: text }).exactOptional(),
  tier,
  tokens: count,
  policyVersion: count.exactOptional(),
  dryRun: z.boolean(),
  objects: texts,
  operations: texts,
  warnings: texts,
  uncounted: texts,
  budgets: z.array(budget),
  lastCallAt: time.exactOptional(),
  calls: count,
  refused: count,
});

export const gatewayView = z.object({
  at: time,
  publicUrl: text,
  startedAt: time,
  isReady: z.boolean(),
  integrations: z.array(integration),
  coverage,
  streams: count,
  disk: z.object({ freeBytes: count, totalBytes: count, ledgerBytes: count }),
  proposals: z.array(proposal),
  names,
});

export const riverView = z.object({
  from: time,
  to: time,
  stepMs: count,
  series: z.array(z.object({ integration: text, records: z.array(count), customers: z.array(count) })),
  budgetPerStep: count.exactOptional(),
  cuts: z.array(z.object({ at: time, integration: text, words: text })),
});

export const reachView = z.object({
  integration: text,
  objects: z.array(
    z.object({
      object: text,
      read: count,
      left: count.exactOptional(),
      fields: texts,
      sensitive: texts,
    }),
  ),
});

const release = z.object({
  id: count,
  at: time,
  integration: text,
  token: text,
  tier,
  address: text,
  operation: text,
  object: text,
  fields: texts,
  query: text.exactOptional(),
  records: count,
  end: z.enum(['complete', 'cut', 'broken', 'under way', 'unknown']),
});

export const exposureView = z.object({
  subject: z.object({ kind: z.enum(['token', 'integration', 'customer', 'window', 'incident']), name: text }),
  from: time,
  to: time,
  releases: z.array(release),
  releaseCount: count,
  records: bounds,
  customers: bounds,
  fields: z.array(z.object({ object: text, field: text, records: count })),
  doubts: texts,
  coverage,
});

export const policyPage = z.object({
  integration: text,
  version: count,
  yaml: text,
  history: z.array(
    z.object({
      version: count,
      at: time,
      by: text,
      approvedBy: text.exactOptional(),
      why: text,
      changes: texts,
    }),
  ),
  names,
});

export const policyOutcome = z.object({
  state: z.enum(['in force', 'waits for a second person']),
  version: count.exactOptional(),
  proposal: proposal.exactOptional(),
});

export const learnedPolicy = z.object({
  integration: text,
  from: time,
  to: time,
  calls: count,
  yaml: text,
  wouldRefuse: count,
  leftOut: z.array(z.object({ from: time, to: time, why: text })),
});
