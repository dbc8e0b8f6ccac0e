import type { Migration } from '../migration.ts';

export const liveSources: Migration = {
  number: 2,
  name: 'live sources',
  statements: (engine) => [
    `create table gaps (
      reading text not null,
      stream text not null,
      from_time bigint not null,
      to_time bigint not null,
      source text not null,
      why text not null,
      told_at bigint not null,
      primary key (reading, stream, from_time, to_time)
    )`,
    'create index gaps_by_end on gaps (to_time)',
    `create table hook_pieces (
      id ${engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key'},
      reading text not null,
      name text not null,
      content ${engine === 'sqlite' ? 'blob' : 'bytea'} not null,
      arrived_at bigint not null
    )`,
  ],
};
