import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { joinId } from '#lib/salesforce-id-number.ts';
import { numbersOf, openedLedger, releaseOf, temporaryDirectory } from './fixtures-for-tests/written.ts';

test('an export is read back by another reader as it was written', async (context) => {
  const home = await temporaryDirectory(context);
  let now = Date.UTC(2026, 10, 23);
  const ledger = await openedLedger({ directory: join(home, 'ledger'), clock: () => now, segmentBytes: 60_000 });
  const bulk = ledger.open(releaseOf({ at: now }));
  const many = BigUint64Array.from({ length: 70_000 }, (_, index) => 2n ** 53n + BigInt(index) * 2n);
  await bulk.append({ prefix: '003Jx0', numbers: many });
  now += 1000;
  await bulk.append({ prefix: '003Jx1', numbers: numbersOf(5) });
  await bulk.end('cut');
  const cases = ledger.open(
    releaseOf({ object: 'Case', token: 'tok_2', query: undefined, customerField: 'ContactId' }),
  );
  await cases.append({ prefix: '500Jx0', numbers: numbersOf(7) }, { prefix: '003Jx0', numbers: numbersOf(1) });
  const into = join(home, 'export');
  await mkdir(into);
  assert.deepEqual(await ledger.exportParquet({}, into), { ok: true, value: { releases: 3, reads: 70_003 } });

  const reads = await rowsOf(join(into, 'reads.parquet'));
  assert.equal(reads.length, 70_003);
  assert.deepEqual(reads[0], {
    release: 1n,
    at: new Date(now - 1000),
    role: 'records',
    id: joinId('003Jx0', 2n ** 53n),
  });
  assert.deepEqual(
    reads.slice(0, 70_000).map(({ id }) => id),
    [...many].map((number) => joinId('003Jx0', number)),
  );
  assert.deepEqual(
    reads.slice(-3).map(({ release, role, id }) => [release, role, id]),
    [
      [1n, 'records', joinId('003Jx1', 5n)],
      [2n, 'records', joinId('500Jx0', 7n)],
      [2n, 'customers', joinId('003Jx0', 1n)],
    ],
  );
  const releases = await rowsOf(join(into, 'releases.parquet'));
  assert.deepEqual(
    releases.map(({ release, records, ended, query, fields, last_at }) => [
      release,
      records,
      ended,
      query,
      fields,
      last_at,
    ]),
    [
      [1n, 70_000n, null, releaseOf().query, 'Id,LastName,Email', new Date(now - 1000)],
      [1n, 1n, 'cut', releaseOf().query, 'Id,LastName,Email', new Date(now)],
      [2n, 1n, null, null, 'Id,LastName,Email', new Date(now)],
    ],
  );
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(join(into, 'reads.parquet')));
  assert.ok(metadata.row_groups.length >= 2);
  assert.deepEqual(metadata.key_value_metadata, [{ key: 'cordon.unknownUpTo', value: '0' }]);

  const again = await ledger.exportParquet({}, into);
  assert.equal(again.ok ? '' : again.failure.kind, 'refused');
  await ledger.close();
});

async function rowsOf(path: string): Promise<readonly Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) });
}
