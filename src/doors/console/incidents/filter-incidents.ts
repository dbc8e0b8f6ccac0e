import { isAtLeast, type Level, levels } from '#model/finding.ts';
import type { IncidentRow } from '#model/wire.ts';
import type { IncidentSearch } from '../links.ts';

export const sorts = {
  newest: { name: 'Newest act first', compare: (a: IncidentRow, b: IncidentRow) => b.lastAt - a.lastAt },
  worst: {
    name: 'Worst first',
    compare: (a: IncidentRow, b: IncidentRow) =>
      levels.indexOf(b.level) - levels.indexOf(a.level) || b.lastAt - a.lastAt,
  },
  rows: { name: 'Most rows first', compare: (a: IncidentRow, b: IncidentRow) => b.rows.atLeast - a.rows.atLeast },
} as const;

const isSort = (word: string | undefined): word is keyof typeof sorts =>
  word !== undefined && Object.hasOwn(sorts, word);
const isLevel = (word: string | undefined): word is Level => levels.some((level) => level === word);

/** The rows that the address asks for, in its order. `level` means "at least". */
export function filterIncidents(rows: readonly IncidentRow[], search: IncidentSearch): readonly IncidentRow[] {
  const text = search.text?.toLowerCase().trim();
  const floor = isLevel(search.level) ? search.level : undefined;
  return rows
    .filter(
      (row) =>
        (search.state === undefined || row.state === search.state) &&
        (floor === undefined || isAtLeast(row.level, floor)) &&
        (!text || wordsOf(row).includes(text)),
    )
    .toSorted(sorts[isSort(search.sort) ? search.sort : 'newest'].compare);
}

const wordsOf = (row: IncidentRow): string =>
  [row.id, row.title, ...row.grants.flatMap((grant) => [grant.key, grant.appName, grant.userName, grant.userUid])]
    .join(' ')
    .toLowerCase();
