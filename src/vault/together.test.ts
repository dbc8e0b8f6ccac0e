import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { together } from './together.ts';

test('all is written or nothing, also inside a larger whole', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('create table written (number integer)');
  const write = (number: number): void => {
    database.prepare('insert into written values (?)').run(number);
  };
  const numbers = () =>
    database
      .prepare('select number from written order by number')
      .all()
      .map(({ number }) => number);
  const fail = (): never => {
    throw new Error('no');
  };
  assert.equal(
    together(database, () => {
      write(1);
      assert.throws(() => together(database, () => [write(2), fail()]), /no/);
      together(database, () => write(3));
      return 'done';
    }),
    'done',
  );
  assert.deepEqual(numbers(), [1, 3]);
  assert.equal(database.isTransaction, false);
  assert.throws(() => together(database, () => [together(database, () => write(4)), fail()]), /no/);
  assert.deepEqual(numbers(), [1, 3]);
  assert.equal(database.isTransaction, false);
});
