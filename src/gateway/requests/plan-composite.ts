import type { Asked, ExpectedRecords, Plan, Refusal } from '../call.ts';
import type { Draft, Planning } from './draft.ts';
import { isRefusal, refuseRequest } from './refuse.ts';

type Composite = Extract<Asked, { kind: 'composite' }>;

/** The parts planned one by one, sent together; the answer may hold what any of them may. */
export function planComposite(
  asked: Composite,
  planning: Planning,
  planPart: (asked: Asked, planning: Planning) => Draft | Refusal,
): Draft | Refusal {
  const drafts: Draft[] = [];
  for (const part of asked.parts) {
    const draft = planPart(part.asked, planning);
    if (isRefusal(draft)) return draft;
    drafts.push(draft);
  }
  const queries = drafts.flatMap(({ opens }) => (opens === undefined ? [] : [opens.query]));
  const isAll = drafts.some(({ expectation: each }) => each.kind === 'records' && each.isAll === true);
  const expectation = {
    kind: 'records',
    operation: 'composite',
    query: queries.length === 0 ? undefined : queries.join('; '),
    records: uniteRecords(drafts),
    aggregates: drafts.reduce((sum, { expectation: each }) => sum + (each.kind === 'records' ? each.aggregates : 0), 0),
    ...(isAll && { isAll }),
  } as const;
  const opens: Plan['opens'] =
    queries.length === 0 ? undefined : { kind: 'locator', query: queries.join('; '), expectation };
  return {
    method: 'POST',
    target: `${planning.root}/composite${asked.form === 'batch' ? '/batch' : ''}`,
    body: asked.form === 'batch' ? batchBody(asked, drafts) : compositeBody(asked, drafts),
    expectation,
    opens,
    objections: drafts.flatMap((draft) => (computes(draft) ? [...draft.objections, countApart] : draft.objections)),
  };
}

/** Of a COUNT with a filter the answer shows neither its row nor its object, so among others it could not be charged. */
const computes = ({ expectation }: Draft): boolean => expectation.kind === 'records' && expectation.aggregates > 0;

const countApart = refuseRequest('composite-count', 'a COUNT with a filter is charged by itself; call it by itself');

/** One entry for each object: all fields of all parts. */
function uniteRecords(drafts: readonly Draft[]): readonly ExpectedRecords[] {
  const united = new Map<string, ExpectedRecords>();
  for (const { expectation } of drafts) {
    if (expectation.kind !== 'records') continue;
    for (const records of expectation.records) {
      const key = records.object.toLowerCase();
      const before = united.get(key);
      united.set(
        key,
        before === undefined ? records : { ...before, fields: uniteFields(before.fields, records.fields) },
      );
    }
  }
  return [...united.values()];
}

/** Undefined is every field. */
function uniteFields(one: ExpectedRecords['fields'], other: ExpectedRecords['fields']): ExpectedRecords['fields'] {
  if (one === undefined || other === undefined) return undefined;
  const known = new Set(one.map((name) => name.toLowerCase()));
  return [...one, ...other.filter((name) => !known.has(name.toLowerCase()))];
}

const compositeBody = (asked: Composite, drafts: readonly Draft[]) => ({
  allOrNone: asked.isAllOrNone,
  compositeRequest: drafts.map(({ method, target, body }, index) => ({
    method,
    url: target,
    referenceId: asked.parts[index]!.reference,
    body,
  })),
});

/** A batch writes its addresses from the version on. */
const batchBody = (asked: Composite, drafts: readonly Draft[]) => ({
  haltOnError: asked.isAllOrNone,
  batchRequests: drafts.map(({ method, target, body }) => ({
    method,
    url: target.slice('/services/data/'.length),
    richInput: body,
  })),
});
