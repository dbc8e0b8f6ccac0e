import type { CustomerRead } from '#ledger/answers/customer-reads.ts';
import type { Exposure } from '#ledger/answers/expose.ts';
import type { Selection } from '#ledger/answers/select-frames.ts';
import { counted, inWords, listInWords } from '#lib/words.ts';
import type { CoverageView, ExposureQuestion, GatewayExposureView, ReleaseView } from '#model/gateway-wire.ts';
import type { Release } from '#model/release.ts';

/** What the ledger is asked. `to` of a question is its last moment; the ledger's is the first behind it. */
export function selectionOf(question: Exclude<ExposureQuestion, { kind: 'customer' }>): Selection {
  const { from, to } = question;
  const window = { ...(from !== undefined && { from }), ...(to !== undefined && { to: to + 1 }) };
  if (question.kind === 'token') return { tokens: [question.token], ...window };
  if (question.kind === 'incident') return { tokens: question.tokens, ...window };
  return { integrations: question.kind === 'integration' ? [question.integration] : question.integrations, ...window };
}

function subjectOf(question: ExposureQuestion): GatewayExposureView['subject'] {
  switch (question.kind) {
    case 'token':
      return { kind: 'token', name: question.token };
    case 'integration':
      return { kind: 'integration', name: question.integration };
    case 'customer':
      return { kind: 'customer', name: question.customer };
    case 'incident':
      return { kind: 'incident', name: question.incident };
    case 'window':
      return { kind: 'window', name: question.integrations.join(', ') };
  }
}

/** Paths that were opened as uncounted leave no trace in the ledger: then nothing bounds what left. */
export interface Unbounded {
  readonly integration: string;
  readonly paths: readonly string[];
}

/** `begun`: a moment before which nothing of it can have left. */
export function viewExposure(
  question: Exclude<ExposureQuestion, { kind: 'customer' }>,
  exposure: Exposure,
  unbounded: readonly Unbounded[],
  coverage: CoverageView,
  { now, begun }: { readonly now: number; readonly begun: number },
): GatewayExposureView {
  const { releases, releaseCount, records, customers, fields } = exposure;
  const isUnbounded = unbounded.length > 0;
  // Only the latest are listed: where there are more, the first is not known.
  const first = releases.length < releaseCount ? begun : Math.min(now, ...releases.map(({ from }) => from));
  return {
    subject: subjectOf(question),
    from: question.from ?? first,
    to: question.to ?? now,
    releases: releases.map((each) => viewRelease(each.release, each.records, each.ended ?? 'unknown')),
    releaseCount,
    records: isUnbounded ? { ...records, atMost: undefined } : records,
    customers: isUnbounded ? { ...customers, atMost: undefined } : customers,
    fields,
    doubts: [...doubtsOf(exposure), ...unbounded.map(doubtOfOpenPaths)],
    coverage,
  };
}

function viewRelease(
  { query, customerField: _, ...release }: Release,
  records: number,
  end: ReleaseView['end'],
): ReleaseView {
  return { ...release, ...(query !== undefined && { query }), records, end };
}

function doubtsOf({ lapses, underWay, withoutCustomer, reference }: Exposure): readonly string[] {
  return [
    ...lapses.map(
      ({ integration, object, upTo }) =>
        `A crash left open whether up to ${counted(upTo, 'further record')} of ${object} reached ${integration}; they count as read.`,
    ),
    ...(underWay > 0 ? [`${counted(underWay, 'record')} leave at this moment.`] : []),
    ...(withoutCustomer > 0
      ? [`${counted(withoutCustomer, 'record')} name no customer; each may stand for another one.`]
      : []),
    ...(reference.length > 0
      ? [
          `${listInWords(reference.map(({ object, records }) => `${counted(records, 'record')} of ${object}`))} stand for no customer: the policy called them reference data when they left.`,
        ]
      : []),
  ];
}

const doubtOfOpenPaths = ({ integration, paths }: Unbounded): string =>
  `The policy of ${integration} opens ${paths.join(', ')} uncounted: what left there is not in the ledger, and nothing bounds it.`;

/** Who read one customer. Every record counts as often as it left. */
export function viewCustomerReads(
  question: Extract<ExposureQuestion, { kind: 'customer' }>,
  reads: readonly CustomerRead[],
  coverage: CoverageView,
  now: number,
): GatewayExposureView {
  const fields = new Map<string, { object: string; field: string; records: number }>();
  for (const { release } of reads) {
    for (const field of release.fields) {
      const key = `${release.object}.${field}`;
      const known = fields.get(key) ?? { object: release.object, field, records: 0 };
      fields.set(key, { ...known, records: known.records + 1 });
    }
  }
  const newest = reads.toReversed();
  // Of reference data the id is a record's, and nobody's.
  const isCustomer = reads.some(({ release }) => release.customerField !== '');
  return {
    subject: subjectOf(question),
    from: question.from ?? reads[0]?.at ?? now,
    to: question.to ?? now,
    releases: newest.slice(0, 500).map(({ release, at, ended }) => ({
      ...viewRelease(release, 1, ended ?? 'unknown'),
      at,
    })),
    releaseCount: reads.length,
    records: { atLeast: reads.length, atMost: reads.length },
    customers: { atLeast: Number(isCustomer), atMost: Number(isCustomer) },
    fields: [...fields.values()].sort((one, other) => other.records - one.records),
    doubts: [
      ...(reads.length > 500 ? [`Only the last 500 of ${inWords(reads.length)} reads are listed.`] : []),
      ...(reads.length > 0 && !isCustomer
        ? [`This is no customer: a record of ${reads[0]!.release.object}, which the policy called reference data.`]
        : []),
    ],
    coverage,
  };
}
