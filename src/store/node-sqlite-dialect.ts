import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type Dialect, SqliteDialect } from 'kysely';
import { fromStored, toStored } from './any-text.ts';

/** Prepared statements kept per connection, the least recently used leave first. */
const keptStatements = 200;

/** Kysely on Node's own `node:sqlite`. The connection belongs to the dialect: Kysely's `destroy` closes it. */
export function createNodeSqliteDialect(connection: DatabaseSync): Dialect {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? connection.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    if (statements.size > keptStatements) statements.delete(statements.keys().next().value as string);
    return statement;
  };
  return new SqliteDialect({
    database: {
      close: () => connection.close(),
      prepare: (sql) => {
        const statement = prepare(sql);
        return {
          reader: statement.columns().length > 0,
          all: (values) => statement.all(...toInput(values)).map(fromOutput),
          run: (values) => statement.run(...toInput(values)),
          iterate: () => {
            throw new Error('the store reads in pages, never through an open statement');
          },
        };
      },
    },
  });
}

const toInput = (values: readonly unknown[]): SQLInputValue[] => values.map(toStored) as SQLInputValue[];

/** As an ordinary object: rows of node:sqlite have no prototype, which assertions and other people's code trip over. */
function fromOutput(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  const output = { ...row };
  for (const column in output) {
    const value = output[column];
    if (typeof value === 'string') output[column] = fromStored(value);
  }
  return output;
}
