import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createHouse } from '#emulators/house/house.ts';
import { isSalesforceId } from '#lib/salesforce-id.ts';
import { createStaff } from '../objects/staff.ts';
import type { Table, Value } from '../objects/table.ts';
import { createTables } from '../objects/tables.ts';
import { isProblem, runQuery } from './run-query.ts';

const now = Date.UTC(2026, 10, 23, 10);
const house = createHouse({ seed: 1 });
const tables = createTables(house, createStaff(house), now);
const run = (text: string) => runQuery(tables, text, now);

async function rowsOf(text: string): Promise<readonly number[]> {
  const answered = await run(text);
  assert.ok(!isProblem(answered), `${text}: ${JSON.stringify(answered)}`);
  assert.equal(answered.kind, 'rows');
  const rows: number[] = [];
  for await (const portion of answered.selected.portions(0, answered.selected.size)) rows.push(...portion);
  assert.equal(rows.length, answered.selected.size);
  return rows;
}

async function recordsOf(text: string): Promise<readonly Record<string, Value>[]> {
  const answered = await run(text);
  assert.ok(!isProblem(answered), `${text}: ${JSON.stringify(answered)}`);
  assert.equal(answered.kind, 'aggregates');
  return answered.records;
}

async function problemOf(text: string): Promise<string> {
  const answered = await run(text);
  return isProblem(answered) ? answered.errorCode : 'answered';
}

type Cells = ReadonlyMap<string, Value>;

/** A condition as text, and as a plain test of a record that knows nothing of how queries are run. */
interface Said {
  readonly text: string;
  readonly holds: (record: Cells) => boolean;
}

/** Text is compared without case, ids with it. */
const lower = (value: Value): Value =>
  typeof value === 'string' && !(value.length === 18 && isSalesforceId(value)) ? value.toLowerCase() : value;
const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const plainTests: Readonly<Record<string, (found: Value, wanted: Value) => boolean>> = {
  '=': (found, wanted) => lower(found) === lower(wanted),
  '!=': (found, wanted) => lower(found) !== lower(wanted),
  '<': (found, wanted) => found !== null && wanted !== null && lower(found)! < lower(wanted)!,
  '<=': (found, wanted) => found !== null && wanted !== null && lower(found)! <= lower(wanted)!,
  '>': (found, wanted) => found !== null && wanted !== null && lower(found)! > lower(wanted)!,
  '>=': (found, wanted) => found !== null && wanted !== null && lower(found)! >= lower(wanted)!,
};

function printed(type: string, value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (type === 'date') return new Date(value).toISOString().slice(0, 10);
  return type === 'datetime' ? new Date(value).toISOString() : String(value);
}

function saidAbout(table: Table): fc.Arbitrary<Said> {
  const cell = fc.tuple(fc.constantFrom(...table.fields), fc.nat(table.size - 1));
  const comparison = fc
    .tuple(cell, fc.constantFrom(...Object.keys(plainTests)))
    .map(([[field, row], operator]): Said => {
      const wanted = field.value(row);
      const isOrdered =
        wanted !== null && typeof wanted !== 'boolean' && field.type !== 'id' && field.type !== 'reference';
      const used = isOrdered || operator === '!=' || field.type === 'id' ? operator : '=';
      return {
        text: `${field.name} ${used} ${printed(field.type, wanted)}`,
        holds: (record) => plainTests[used]!(record.get(field.name)!, wanted),
      };
    });
  const membership = fc
    .tuple(fc.array(fc.nat(table.size - 1), { minLength: 1, maxLength: 4 }), cell, fc.boolean())
    .map(([rows, [field], isIn]): Said => {
      const wanted = rows.map((row) => field.value(row)).filter((value) => typeof value !== 'boolean');
      const literals = wanted.length === 0 ? ['true'] : wanted.map((value) => printed(field.type, value));
      const values = new Set(wanted.length === 0 ? [true] : wanted.map(lower));
      return {
        text: `${field.name} ${isIn ? 'IN' : 'NOT IN'} (${literals.join(', ')})`,
        holds: (record) => values.has(lower(record.get(field.name)!)) === isIn,
      };
    });
  const texts = table.fields.filter(({ type }) => type === 'string');
  const like = fc.tuple(fc.constantFrom(...texts), fc.nat(table.size - 1), fc.nat(3)).map(([field, row, cut]): Said => {
    const start = String(field.value(row) ?? 'x').slice(0, cut);
    return {
      text: `${field.name} LIKE ${quote(start.replaceAll('_', '\\_'))}`.replace(/'$/, "%'").replaceAll('\\\\_', '\\_'),
      holds: (record) =>
        String(record.get(field.name) ?? '')
          .toLowerCase()
          .startsWith(start.toLowerCase()),
    };
  });
  return fc.letrec<{ said: Said }>((tie) => ({
    said: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      membership,
      like,
      tie('said').map(({ text, holds }) => ({ text: `NOT (${text})`, holds: (record: Cells) => !holds(record) })),
      fc.tuple(tie('said'), tie('said'), fc.boolean()).map(([one, other, both]) => ({
        text: `(${one.text}) ${both ? 'AND' : 'OR'} (${other.text})`,
        holds: (record: Cells) =>
          both ? one.holds(record) && other.holds(record) : one.holds(record) || other.holds(record),
      })),
    ),
  })).said;
}

for (const name of ['User', 'Campaign', 'Product2']) {
  const table = tables.get(name.toLowerCase())!;
  const records = Array.from(
    { length: table.size },
    (_, row) => new Map(table.fields.map((field) => [field.name, field.value(row)])),
  );

  test(`${name}: conditions, order and limits agree with a plain evaluation`, async () => {
    const order = fc.tuple(fc.constantFrom(...table.fields), fc.boolean(), fc.constantFrom('FIRST', 'LAST'));
    const window = fc.tuple(fc.option(fc.nat(60)), fc.option(fc.nat(60)));
    await fc.assert(
      fc.asyncProperty(saidAbout(table), fc.option(order), window, async (said, ordering, [limit, offset]) => {
        const [field, isDescending, nulls] = ordering ?? [undefined, false, 'FIRST'];
        const orderBy =
          field === undefined ? '' : ` ORDER BY ${field.name} ${isDescending ? 'DESC' : 'ASC'} NULLS ${nulls}, Id`;
        const text = `SELECT Id FROM ${name} WHERE ${said.text}${orderBy}${limit === null ? '' : ` LIMIT ${limit}`}${offset === null ? '' : ` OFFSET ${offset}`}`;
        const all = records.flatMap((record, row) => (said.holds(record) ? [row] : []));
        if (field !== undefined) {
          all.sort(
            (one, other) => plainOrder(field.value(one), field.value(other), isDescending, nulls) || one - other,
          );
        }
        const from = offset ?? 0;
        assert.deepEqual(await rowsOf(text), all.slice(from, limit === null ? undefined : from + limit), text);
      }),
      { numRuns: 150 },
    );
  });
}

function plainOrder(one: Value, other: Value, isDescending: boolean, nulls: string): number {
  const [first, second] = [lower(one), lower(other)];
  if (first === second) return 0;
  if (first === null) return nulls === 'FIRST' ? -1 : 1;
  if (second === null) return nulls === 'FIRST' ? 1 : -1;
  return (first < second ? -1 : 1) * (isDescending ? -1 : 1);
}

test('key ranges over millions of rows read only what they answer', async () => {
  const contacts = tables.get('contact')!;
  await fc.assert(
    fc.asyncProperty(fc.nat(contacts.size - 1), fc.nat(5_000), async (row, width) => {
      const last = Math.min(contacts.size - 1, row + width);
      const where = `Id > '${contacts.idAt(row)}' AND Id <= '${contacts.idAt(last).slice(0, 15)}'`;
      assert.equal(((await run(`SELECT COUNT() FROM Contact WHERE ${where}`)) as { size: number }).size, last - row);
      const expected = Array.from({ length: Math.min(10, last - row) }, (_, step) => last - step);
      assert.deepEqual(await rowsOf(`SELECT Id FROM Contact WHERE ${where} ORDER BY Id DESC LIMIT 10`), expected);
    }),
    { numRuns: 50 },
  );
});

test('customers are found by address and by pointer without a scan', async () => {
  const contact = house.contact(7_399_999);
  assert.deepEqual(await rowsOf(`SELECT Id FROM Contact WHERE Email = '${contact.email.toUpperCase()}'`), [7_399_999]);
  assert.deepEqual(await rowsOf(`SELECT Id FROM Contact WHERE Email = 'nobody.4elvj@mail.example'`), []);
  const account = tables.get('account')!.idAt(23);
  assert.deepEqual(await rowsOf(`SELECT Id FROM Contact WHERE AccountId = '${account}'`), [23, 7_100_001]);
  assert.deepEqual(await rowsOf(`SELECT Id FROM Case WHERE ContactId = '${tables.get('contact')!.idAt(27)}'`), [9, 10]);
});

test('pointers lead there and back', async () => {
  for (const table of tables.values()) {
    for (const { of, table: child, field } of table.children) {
      const pointer = tables.get(child.toLowerCase())!.fields.find(({ name }) => name === field)!;
      for (let row = 0; row < table.size; row += Math.ceil(table.size / 200)) {
        const { size, rowAt } = of(row);
        const rows = Array.from({ length: size }, (_, at) => rowAt(at));
        for (const at of rows.slice(0, 8)) assert.equal(pointer.value(at), table.idAt(row), `${child} ${at}`);
        assert.deepEqual(
          [...pointer.rowsWith!(table.idAt(row))].sort((a, b) => a - b),
          rows,
        );
      }
    }
  }
});

test('fields said to rise do', () => {
  for (const table of tables.values()) {
    for (const field of table.fields.filter(({ isAscending }) => isAscending)) {
      const rows = Array.from({ length: 500 }, (_, step) => Math.floor((step * (table.size - 1)) / 499));
      const values = rows.map((row) => field.value(row)!);
      for (const [at, value] of values.entries())
        if (at > 0) assert.ok(values[at - 1]! <= value, `${table.name}.${field.name}`);
    }
  }
});

test('groups, and what is taken over them', async () => {
  const users = tables.get('user')!;
  const titles = Array.from({ length: users.size }, (_, row) =>
    users.fields.find(({ name }) => name === 'Title')!.value(row),
  );
  const many = [...new Set(titles)].filter((title) => titles.filter((other) => other === title).length > 100).sort();
  const records = await recordsOf(
    'SELECT Title, COUNT(Id) people FROM User GROUP BY Title HAVING COUNT(Id) > 100 ORDER BY Title',
  );
  assert.deepEqual(
    records,
    many.map((title) => ({ Title: title, people: titles.filter((other) => other === title).length })),
  );
  const [all] = await recordsOf('SELECT COUNT(Id), COUNT_DISTINCT(Title), MIN(CreatedDate) FROM User');
  assert.equal(all!['expr0'], users.size);
  assert.equal(all!['expr1'], new Set(titles).size);
  assert.match(String(all!['expr2']), /^\d{4}-\d\d-\d\dT.*\+0000$/);
  assert.equal(await problemOf('SELECT Title, COUNT(Id) FROM User'), 'MALFORMED_QUERY');
});

test('queries within queries', async () => {
  const text = "SELECT Id FROM Contact WHERE AccountId IN (SELECT AccountId FROM Case WHERE CaseNumber = '00000009')";
  assert.deepEqual(await rowsOf(`${text} AND Id < '${tables.get('contact')!.idAt(50)}'`), [27]);
  assert.deepEqual(await rowsOf(`SELECT Id FROM Campaign c WHERE c.StartDate = LAST_N_DAYS:14`), [238, 239]);
});

test('what is wrong is said as the CRM says it', async () => {
  const wrong = {
    'SELECT Foo FROM Contact': 'INVALID_FIELD',
    "SELECT Id FROM Contact WHERE Foo = 'x'": 'INVALID_FIELD',
    'SELECT Id FROM Contact ORDER BY Foo': 'INVALID_FIELD',
    'SELECT Id FROM Nothing__c': 'INVALID_TYPE',
    'SELECT Id, (SELECT Id FROM Things) FROM Account': 'INVALID_TYPE',
    'SELECT Id FROM Contact WHERE TotalSpend__c > TODAY': 'INVALID_FIELD',
    'SELECT FIELDS(ALL) FROM Contact': 'MALFORMED_QUERY',
    'SELECT Id FROM Contact LIMIT 10 OFFSET 2001': 'NUMBER_OUTSIDE_VALID_RANGE',
    'SELECT Id FROM Contact WHERE Id = :id': 'INVALID_FIELD',
    'SELEC Id FROM Contact': 'MALFORMED_QUERY',
    'SELECT Id FROM Contact ORDER BY LastName': 'QUERY_TIMEOUT',
  };
  for (const [text, code] of Object.entries(wrong)) assert.equal(await problemOf(text), code, text);
});

test('a scan stops when nobody waits any more', async () => {
  const gone = new AbortController();
  const scan = runQuery(tables, "SELECT Id FROM Order WHERE Store__c = 'none'", now, gone.signal);
  setTimeout(() => gone.abort(), 20);
  await assert.rejects(scan, { name: 'AbortError' });
});

test('long answers are found again from any place', async () => {
  const text = 'SELECT Id FROM CampaignMember WHERE HasResponded = true';
  const answered = await run(text);
  assert.ok(!isProblem(answered) && answered.kind === 'rows');
  const all = await rowsOf(text);
  assert.ok(all.length > 300_000);
  assert.ok(all.every((row, at) => at === 0 || all[at - 1]! < row));
  await fc.assert(
    fc.asyncProperty(fc.nat(all.length + 10), fc.integer({ min: 1, max: 5_000 }), async (from, count) => {
      const rows: number[] = [];
      for await (const portion of answered.selected.portions(from, count)) rows.push(...portion);
      assert.deepEqual(rows, all.slice(from, from + count));
    }),
    { numRuns: 40 },
  );
});
