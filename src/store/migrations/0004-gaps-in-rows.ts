import type { Migration } from '../migration.ts';

/** Whether a gap leaves open how much was read; of those that were kept before nobody knows. */
export const gapsInRows: Migration = {
  number: 4,
  name: 'gaps in rows',
  statements: () => ['alter table gaps add column hides_rows integer not null default 1'],
};
