/** Test-only: what was written into a ledger, kept plainly, and what every answer must therefore be. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { joinId } from '#lib/salesforce-id-number.ts';
import type { Release } from '#model/release.ts';
import type { Selection } from '../answers/select-frames.ts';
import type { Ledger, LedgerAnswers } from '../open-ledger.ts';
import { type LedgerOptions, openLedger } from '../open-ledger.ts';

export interface Written {
  readonly release: Release;
  readonly at: number;
  readonly records: readonly string[];
  readonly customers: readonly string[];
}

export const numbersOf = (...numbers: readonly (number | bigint)[]): BigUint64Array =>
  BigUint64Array.from(numbers.map(BigInt));

export function releaseOf(change: Partial<Release> = {}): Omit<Release, 'id'> {
  return {
    at: 1000,
    integration: 'agenda-sync',
    token: 'tok_1',
    tier: 'certificate',
    address: '192.0.2.7',
    operation: 'bulk',
    object: 'Contact',
    fields: ['Id', 'LastName', 'Email'],
    query: 'SELECT Id, LastName, Email FROM Contact',
    customerField: 'Id',
    ...change,
  };
}

export async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-ledger-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function openedLedger(options: LedgerOptions): Promise<Ledger> {
  const opened = await openLedger(options);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.value;
}

/** All distinct customers of a selection, as the ledger names them. */
export async function customersOf(ledger: LedgerAnswers, selection: Selection): Promise<readonly string[]> {
  return [...(await ledger.expose(selection)).customerIds()];
}

/** Asserts that every kind of answer over the selection is what was written. */
export async function assertAnswers(
  ledger: LedgerAnswers,
  written: readonly Written[],
  selection: Selection,
): Promise<void> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, tokens, integrations } = selection;
  const selected = written.filter(
    ({ at, release }) =>
      at >= from &&
      at < to &&
      (tokens?.includes(release.token) ?? true) &&
      (integrations?.includes(release.integration) ?? true),
  );
  const exposure = await ledger.expose(selection);
  const records = selected.reduce((sum, one) => sum + one.records.length, 0);
  const customers = [...new Set(selected.flatMap(leading))].sort((a, b) => (a < b ? -1 : 1));
  assert.deepEqual([...exposure.customerIds()], customers);
  assert.equal(exposure.customers.atLeast, customers.length);
  assert.equal(exposure.records.atLeast, records);
  assert.equal(exposure.releaseCount, new Set(selected.map(({ release }) => release.id)).size);
  for (const { release, records: count } of exposure.releases) {
    const of = selected.filter((one) => one.release.id === release.id);
    assert.deepEqual(release, of[0]!.release);
    assert.equal(
      count,
      of.reduce((sum, one) => sum + one.records.length, 0),
    );
  }
  await assertSpendings(ledger, selected, selection);
}

async function assertSpendings(ledger: LedgerAnswers, selected: readonly Written[], selection: Selection) {
  const told: string[] = [];
  for await (const { token, integration, at, object, records, customers } of ledger.spendings(selection)) {
    const ids = (batches: typeof records) =>
      batches.flatMap(({ prefix, numbers }) => [...numbers].map((number) => joinId(prefix, number)));
    for (const id of ids(records)) told.push(`${token} ${integration} ${at} ${object} ${id}`);
    for (const id of ids(customers ?? [])) told.push(`${token} ${integration} ${at} ${object} for ${id}`);
  }
  const expected = selected.flatMap(({ at, release, records, customers }) => {
    const { token, integration, object } = release;
    const start = `${token} ${integration} ${at} ${object}`;
    return [...records.map((id) => `${start} ${id}`), ...customers.map((id) => `${start} for ${id}`)];
  });
  assert.deepEqual(told.sort(), expected.sort());
}

/** The ids that count as customers of one act. */
const leading = ({ release, records, customers }: Written): readonly string[] =>
  release.customerField === undefined || release.customerField === 'Id' ? records : customers;

/** Asserts who read the id, and when. */
export async function assertReads(ledger: LedgerAnswers, written: readonly Written[], id: string): Promise<void> {
  const reads = await ledger.readsOf(id);
  assert.ok(reads.ok, JSON.stringify(reads));
  const told = reads.value.map(({ release, at, role }) => `${release.id} ${at} ${role}`);
  const expected = written.flatMap(({ release, at, records, customers }) => [
    ...(records.includes(id) ? [`${release.id} ${at} records`] : []),
    ...(customers.includes(id) ? [`${release.id} ${at} customers`] : []),
  ]);
  assert.deepEqual([...new Set(told)].sort(), [...new Set(expected)].sort());
}
