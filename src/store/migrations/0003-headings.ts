import type { Migration } from '../migration.ts';

/** What stands above rows and lines in their logs, so that stored ones can be read again. */
export const headings: Migration = {
  number: 3,
  name: 'headings',
  statements: () => [
    `create table headings (
      hash text primary key,
      parts text not null,
      newest_event_at bigint not null
    )`,
    'alter table events add column heading text',
  ],
};
