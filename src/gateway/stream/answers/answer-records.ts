import type { Release } from '#model/release.ts';
import { type DataPath, notice, type Outcome, type PlannedCall } from '../data-path.ts';
import { endAtBudget } from '../end-at-budget.ts';
import { countsUnwritten, payCounts } from '../pay-counts.ts';
import { refusal, unavailable } from '../refuse.ts';
import { isJson } from './answer-headers.ts';
import { groupRecords, type RecordGroup } from './group-records.ts';
import { inflate } from './held-answer.ts';
import { judgePage, type RecordsExpectation } from './judge-page.ts';
import { passAnswer, refuseCall, refuseShape, type WholeAnswer } from './pass-answer.ts';

/**
 * A page with records: understood as a whole, paid for as a whole, written down, and only then passed on, byte for byte.
 * What it opens is remembered before the client learns of it.
 */
export function answerRecords(
  path: DataPath,
  call: PlannedCall,
  answer: WholeAnswer,
  expectation: RecordsExpectation,
): Outcome | Promise<Outcome> {
  const encoding = answer.head.headers.get('content-encoding');
  const plain = isJson(answer.head) ? inflate(answer.body, encoding, path.limits.pageBytes) : undefined;
  return plain instanceof Promise
    ? plain.then((bytes) => answerPlain(path, call, answer, expectation, bytes))
    : answerPlain(path, call, answer, expectation, plain);
}

function answerPlain(
  path: DataPath,
  call: PlannedCall,
  answer: WholeAnswer,
  expectation: RecordsExpectation,
  plain: Buffer | undefined,
): Outcome | Promise<Outcome> {
  if (plain === undefined) return refuseShape(path, call, 'it is no JSON of the size that was to be expected');
  const shapes = path.shapesOf(expectation);
  const scanned = path.scanners.scanJson(plain, shapes.customerFields);
  if ('fault' in scanned) return refuseShape(path, call, scanned.fault);
  const judged = judgePage(plain, scanned, call.understood.asked, expectation, shapes);
  if (typeof judged === 'string') return refuseShape(path, call, judged);
  const locators = judged.locators.map((url) => locatorForm.exec(url)?.[1]);
  if (locators.includes(undefined)) return refuseShape(path, call, 'the address of the next page is not of the CRM');
  const groups = groupRecords(scanned, shapes.allowed);
  const isAlive = path.broker.isAlive(call.identity.token);
  if (!isAlive)
    return refuseCall(path, call, refusal(401, 'INVALID_SESSION_ID', 'The token has ended.', 'token-ended'));
  const rows = expectation.aggregates > 0 ? Math.max(scanned.aggregates, 1) : 0;
  const isPaid = pay(path, call, expectation, groups, rows);
  if (isPaid === undefined) return refuseCall(path, call, countsUnwritten);
  if (!isPaid) return refuseOverBudget(path, call, groups);
  const records = groups.reduce((sum, { wanted }) => sum + wanted.numbers.length, 0);
  // Mostly a reservation covers it and nothing follows: then it leaves at once.
  if (path.sync !== 'all' && locators.length === 0 && takeReserved(path, call, groups)) {
    noteDown(path, call, expectation, groups);
    return passAnswer(path, call, answer, records);
  }
  return passDurable(path, call, answer, expectation, groups, locators);
}

async function passDurable(
  path: DataPath,
  call: PlannedCall,
  answer: WholeAnswer,
  expectation: RecordsExpectation,
  groups: readonly RecordGroup[],
  locators: readonly (string | undefined)[],
): Promise<Outcome> {
  if (!(await writeDown(path, call, expectation, groups))) {
    const message = 'Cordon gateway: what leaves cannot be written down now, so nothing leaves.';
    return refuseCall(path, call, unavailable(message, 'ledger'));
  }
  await rememberLocators(path, call, locators);
  return passAnswer(
    path,
    call,
    answer,
    groups.reduce((sum, { wanted }) => sum + wanted.numbers.length, 0),
  );
}

/** Undefined where computed rows cannot be written down. */
function pay(
  path: DataPath,
  call: PlannedCall,
  expectation: RecordsExpectation,
  groups: readonly RecordGroup[],
  rows: number,
): boolean | undefined {
  const { integration } = call.identity;
  const object = expectation.records[0]?.object ?? '';
  const isCounted = rows === 0 || payCounts(path, integration, object, rows);
  if (isCounted !== true) return isCounted;
  return (
    groups.length === 0 ||
    path.budget.takeAll(
      integration,
      groups.map(({ wanted }) => wanted),
    )
  );
}

function refuseOverBudget(path: DataPath, call: PlannedCall, groups: readonly RecordGroup[]): Outcome {
  const records = groups.reduce((sum, { wanted }) => sum + wanted.numbers.length, 0);
  const explanation = `The budget is reached: an answer of ${records} records was held back whole.`;
  if (records > 0) endAtBudget(path, call.identity, explanation);
  else notice(path, call.identity, 'budget', 'high', 'The budget of counts is reached.');
  const message =
    'Cordon gateway: the budget of records of this integration is reached; this answer did not leave. ' +
    'Its owner can see and change the budget in the console.';
  return refuseCall(path, call, refusal(403, 'REQUEST_LIMIT_EXCEEDED', message, 'budget'));
}

/** Takes an answer of one object from its reservation, where that holds enough. */
function takeReserved(path: DataPath, call: PlannedCall, groups: readonly RecordGroup[]): boolean {
  const { token, integration } = call.identity;
  const [group, other] = groups;
  if (group === undefined) return true;
  return (
    other === undefined &&
    path.ledger.reservation(token, group.expected.object, integration).take(group.wanted.numbers.length)
  );
}

function noteDown(
  path: DataPath,
  call: PlannedCall,
  expectation: RecordsExpectation,
  groups: readonly RecordGroup[],
): void {
  for (const { expected, wanted } of groups) {
    path.notes.add(releaseOf(call, expectation, expected), wanted);
    path.tally.released(call.identity.integration, expected.object, wanted.numbers.length);
  }
}

/** Covered by the token's reservation and noted, or (strict) durable. False when the ledger takes nothing. */
async function writeDown(
  path: DataPath,
  call: PlannedCall,
  expectation: RecordsExpectation,
  groups: readonly RecordGroup[],
): Promise<boolean> {
  const { token, integration } = call.identity;
  try {
    for (const group of groups) {
      const { object } = group.expected;
      const count = group.wanted.numbers.length;
      const reservation = path.ledger.reservation(token, object, integration);
      while (!reservation.take(count)) await reservation.renew(reservedFor(path, integration, object, count));
      noteDown(path, call, expectation, [group]);
      if (path.sync === 'all') await path.notes.durable();
    }
    return true;
  } catch (error) {
    path.log({ level: 'error', event: 'ledger-fault', why: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}

/** What a crash leaves open counts as read: never more than a tenth of what the integration may still read. */
function reservedFor(path: DataPath, integration: string, object: string, count: number): number {
  const remaining = path.budget.remaining(integration, object);
  return Math.max(count, Math.min(path.limits.reservedRecords, Math.ceil(remaining / 10)));
}

export function releaseOf(
  call: PlannedCall,
  expectation: { readonly operation: string; readonly query: string | undefined },
  expected: RecordsExpectation['records'][number],
): Omit<Release, 'id'> {
  const { integration, token, tier, address } = call.identity;
  return {
    at: call.at,
    integration,
    token,
    tier,
    address,
    operation: expectation.operation,
    object: expected.object,
    fields: expected.fields ?? ['*'],
    query: expectation.query,
    customerField: expected.customerField,
  };
}

/** `/services/data/v64.0/query/01gxx0000000001AAA-2000` → `01gxx0000000001AAA-2000` */
const locatorForm = /^\/services\/data\/v\d+\.\d\/(?:query|queryAll)\/([\w-]{10,200})$/;

async function rememberLocators(
  path: DataPath,
  call: PlannedCall,
  ids: readonly (string | undefined)[],
): Promise<void> {
  const { identity, plan } = call;
  for (const id of ids) {
    if (id === undefined || plan.opens === undefined) continue;
    await path.planner.remember({ ...plan.opens, id, integration: identity.integration, family: identity.family });
  }
}
