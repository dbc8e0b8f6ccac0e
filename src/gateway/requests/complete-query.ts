import type { Selection, Soql } from '#soql/query.ts';
import type { ExpectedRecords, Refusal } from '../call.ts';
import type { PolicyView } from './policy-view.ts';
import type { Column, QueryReading } from './query-reading.ts';
import { refuseQuery } from './refuse.ts';

type Objects = PolicyView['objects'];

/**
 * The query with what counting needs: `Id` as its first column, and the field that leads to the customer as its last, of
 * every object read, where it names neither itself. Both stay in the answer. Sub-queries come behind the columns.
 */
export function completeQuery(reading: QueryReading, objects: Objects): QueryReading {
  if (reading.answer !== 'records') return reading;
  const named = new Set(reading.columns.map(({ path }) => path.join('.').toLowerCase()));
  const first = named.has('id') ? [] : [{ path: ['Id'], objects: [reading.object], isComputed: false }];
  const last = [{ path: [], objects: [reading.object], isComputed: false }, ...parentsOf(reading.columns)]
    .flatMap((records) => customerColumn(records, objects))
    .filter(({ path }) => !named.has(path.join('.').toLowerCase()));
  const children = reading.children.map(({ relationship, reading: child }) => ({
    relationship,
    reading: completeQuery(child, objects),
  }));
  const select: Selection[] = [
    ...first.map(selectColumn),
    ...reading.query.select.filter(({ kind }) => kind === 'column'),
    ...last.map(selectColumn),
    ...children.map(({ reading: { query } }): Selection => ({ kind: 'children', query })),
  ];
  const columns = [...first, ...reading.columns, ...last];
  return { ...reading, query: { ...reading.query, select }, columns, children };
}

/** An id that counting needs, shown by a function of it alone: no one could read it. */
export function refusesHiddenIds(reading: QueryReading, objects: Objects): Refusal | undefined {
  const hidden = reading.columns.find(({ path, objects: passed, isComputed }) => {
    const name = path.at(-1)!.toLowerCase();
    const customer = objects.get(passed.at(-1)!.toLowerCase())?.customerField;
    return isComputed && (name === 'id' || name === customer?.toLowerCase());
  });
  if (hidden !== undefined)
    return refuseQuery('function', `${hidden.path.join('.')} is counted by, so it stands in SELECT as it is`);
  for (const { reading: child } of reading.children) {
    const refusal = refusesHiddenIds(child, objects);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The records that columns reach over relationships to parents, each once: their path, and the objects it passes. */
export function parentsOf(columns: readonly Column[]): readonly Column[] {
  const parents = new Map<string, Column>();
  for (const { path, objects } of columns)
    for (let length = 1; length < path.length; length += 1) {
      const key = path.slice(0, length).join('.').toLowerCase();
      if (!parents.has(key))
        parents.set(key, { path: path.slice(0, length), objects: objects.slice(0, length + 1), isComputed: false });
    }
  return [...parents.values()];
}

function customerColumn({ path, objects: passed }: Column, objects: Objects): readonly Column[] {
  const field = objects.get(passed.at(-1)!.toLowerCase())?.customerField;
  return field === undefined || field.toLowerCase() === 'id'
    ? []
    : [{ path: [...path, field], objects: passed, isComputed: false }];
}

const selectColumn = ({ path }: Column): Selection => ({
  kind: 'column',
  operand: { kind: 'field', path, at: 0 },
  alias: undefined,
});

/** The query with at most so many records; as it is where it asks for fewer. */
export function limitQuery(query: Soql, most: number): Soql {
  const asked = query.limit?.kind === 'number' ? Number(query.limit.text) : Number.POSITIVE_INFINITY;
  return most >= asked || most === Number.POSITIVE_INFINITY
    ? query
    : { ...query, limit: { kind: 'number', text: String(most) } };
}

/** What records the answer to a completed query may hold, by object: one entry each, wherever in the answer they stand. */
export function expectRecords(reading: QueryReading, policy: PolicyView): readonly ExpectedRecords[] {
  const fields = new Map<string, { object: string; names: Map<string, string> }>();
  const add = (object: string, names: readonly string[]): void => {
    const entry = fields.get(object.toLowerCase()) ?? { object, names: new Map<string, string>() };
    for (const name of names) if (!entry.names.has(name.toLowerCase())) entry.names.set(name.toLowerCase(), name);
    fields.set(object.toLowerCase(), entry);
  };
  collectFields(reading, add);
  return [...fields.values()].map(({ object, names }) => expectObject(object, [...names.values()], policy));
}

function collectFields(reading: QueryReading, add: (object: string, names: readonly string[]) => void): void {
  add(reading.object, columnNames({ ...reading, children: [] }));
  for (const { path, objects } of reading.columns)
    for (let from = 1; from < path.length; from += 1) add(objects[from]!, [path.slice(from).join('.')]);
  for (const { relationship, reading: child } of reading.children) {
    add(
      reading.object,
      columnNames(child).map((name) => `${relationship}.${name}`),
    );
    collectFields(child, add);
  }
}

/** `Id`, `Account.Name`, of children `Contacts.LastName`, in the order of the answer. */
export function columnNames(reading: Pick<QueryReading, 'columns' | 'children'>): readonly string[] {
  const own = reading.columns.map(({ path }) => path.join('.'));
  const theirs = reading.children.flatMap(({ relationship, reading: child }) =>
    columnNames(child).map((name) => `${relationship}.${name}`),
  );
  return [...own, ...theirs];
}

/** In a dry run nothing is denied: it reports only. */
export function expectObject(
  object: string,
  fields: readonly string[] | undefined,
  { objects, isDryRun }: PolicyView,
): ExpectedRecords {
  const granted = objects.get(object.toLowerCase());
  return {
    object: granted?.name ?? object,
    fields,
    deniedFields: isDryRun ? [] : [...(granted?.denied ?? [])],
    customerField: granted?.customerField ?? (granted?.isReference ? '' : undefined),
  };
}
