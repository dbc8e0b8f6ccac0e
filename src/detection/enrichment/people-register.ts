import { readCsv } from './read-csv.ts';

/** Whose a sign-in name or user id is, whatever the system: the person's own key. */
export type PeopleRegister = (nameOrId: string) => string | undefined;

export interface ReadPeople {
  readonly personOf: PeopleRegister;
  readonly faults: readonly { readonly where: string; readonly found: string; readonly expected: string }[];
}

/**
 * A CSV file with a column `person` (a key that stays, such as a staff number) and columns whose names end in `login`,
 * `name`, `email` or `id`, several values with blanks between them: how this person is called in each system. A name
 * that two people claim is nobody's and told.
 */
export function readPeopleRegister(text: string): ReadPeople {
  const persons = new Map<string, string | undefined>();
  const faults: { where: string; found: string; expected: string }[] = [];
  for (const { line, cells } of readCsv(text)) {
    const person = cells.get('person');
    if (!person) {
      faults.push({ where: `line ${line}`, found: 'no person', expected: 'a key in column person' });
      continue;
    }
    for (const [column, cell] of cells) {
      if (!/(?:login|name|email|id)s?$/.test(column)) continue;
      for (const each of cell.toLowerCase().split(/\s+/)) {
        if (each === '') continue;
        const other = persons.get(each);
        if (persons.has(each) && other !== person) {
          faults.push({ where: `line ${line}`, found: `${each} twice`, expected: 'each name with one person' });
          persons.set(each, undefined);
        } else persons.set(each, person);
      }
    }
  }
  return { personOf: (nameOrId) => persons.get(nameOrId.toLowerCase()), faults };
}
