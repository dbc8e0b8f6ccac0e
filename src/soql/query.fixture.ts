import fc from 'fast-check';
import type {
  Bind,
  Condition,
  Field,
  NumberLiteral,
  Operand,
  Ordering,
  Selection,
  Soql,
  Source,
  Value,
  With,
} from './query.ts';
import { stringLiteral } from './string-literal.ts';

/** Arbitrary queries for tests, every clause included. */

const taken = new Set(
  'select from where with using group having order limit offset all for update as not and or null true false typeof when then else end rollup cube asc desc nulls like in includes excludes'.split(
    ' ',
  ),
);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,6}$/).filter((text) => !taken.has(text.toLowerCase()));
const maybe = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item | undefined> => fc.option(item, { nil: undefined });
const some = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> => fc.array(item, { minLength: 1, maxLength: 3 });

const field: fc.Arbitrary<Field> = fc.record({
  kind: fc.constant('field' as const),
  path: some(name),
  at: fc.constant(0),
});
const bind: fc.Arbitrary<Bind> = fc.record({ kind: fc.constant('bind' as const), path: some(name) });
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map(stringLiteral);
const whole: fc.Arbitrary<NumberLiteral> = fc.nat().map((count) => ({ kind: 'number', text: String(count) }));
const number: fc.Arbitrary<NumberLiteral> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => ({ kind: 'number', text: String(value) }));

const { operand } = fc.letrec<{ operand: Operand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'operand' },
    field,
    fc.record({
      kind: fc.constant('call' as const),
      name: name.map((each) => each.toUpperCase()).filter((each) => !taken.has(each.toLowerCase())),
      arguments: fc.array(fc.oneof(tie('operand'), number, text, bind), { maxLength: 3 }),
      at: fc.constant(0),
    }),
  ),
}));

const date = fc.date({ min: new Date('1700-01-01'), max: new Date('4000-12-31'), noInvalidDate: true });
const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  number,
  bind,
  fc.constantFrom<Value>(
    { kind: 'constant', value: null },
    { kind: 'constant', value: true },
    { kind: 'currency', text: 'EUR5000' },
    { kind: 'currency', text: 'USD12.50' },
    { kind: 'relativeDate', name: 'THIS_FISCAL_QUARTER', count: undefined },
    { kind: 'relativeDate', name: 'NEXT_N_WEEKS', count: '3' },
  ),
  date.map((each): Value => ({ kind: 'date', text: each.toISOString().slice(0, 10) })),
  date.map((each): Value => ({ kind: 'dateTime', text: each.toISOString() })),
);

const withClause: fc.Arbitrary<With> = fc.oneof(
  fc.record({
    kind: fc.constant('mode' as const),
    mode: fc.constantFrom('SECURITY_ENFORCED' as const, 'USER_MODE' as const, 'SYSTEM_MODE' as const),
  }),
  fc.record({
    kind: fc.constant('dataCategory' as const),
    filters: some(
      fc.record({
        group: name,
        operator: fc.constantFrom('AT' as const, 'ABOVE' as const, 'BELOW' as const, 'ABOVE_OR_BELOW' as const),
        categories: some(name),
      }),
    ),
  }),
  fc.record({ kind: fc.constant('user' as const), id: fc.oneof(text, bind) }),
  fc.record({ kind: fc.constant('recordVisibility' as const), settings: some(fc.record({ name, value: name })) }),
);

const ordering: fc.Arbitrary<Ordering> = fc.record({
  operand,
  direction: maybe(fc.constantFrom('ASC' as const, 'DESC' as const)),
  nulls: maybe(fc.constantFrom('FIRST' as const, 'LAST' as const)),
});
const source: fc.Arbitrary<Source> = fc.record({ path: some(name), alias: maybe(name), at: fc.constant(0) });

export const { query: anyQuery } = fc.letrec<{ query: Soql; condition: Condition; selection: Selection }>((tie) => ({
  selection: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'query' },
    fc.record({ kind: fc.constant('column' as const), operand, alias: maybe(name) }),
    fc.record({ kind: fc.constant('children' as const), query: tie('query') }),
    fc.record({
      kind: fc.constant('typeof' as const),
      field,
      branches: some(fc.record({ type: name, fields: some(field) })),
      otherwise: fc.array(field, { maxLength: 2 }),
    }),
  ),
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'query' },
    fc.record({
      kind: fc.constant('comparison' as const),
      left: operand,
      operator: fc.constantFrom(
        '=' as const,
        '!=' as const,
        '<' as const,
        '<=' as const,
        '>' as const,
        '>=' as const,
        'LIKE' as const,
      ),
      right: value,
    }),
    fc.record({
      kind: fc.constant('membership' as const),
      left: operand,
      operator: fc.constantFrom('IN' as const, 'NOT IN' as const),
      right: fc.oneof(
        fc.record({ kind: fc.constant('list' as const), values: some(value) }),
        bind,
        fc.record({ kind: fc.constant('semi-join' as const), query: tie('query') }),
      ),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      conditions: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), condition: tie('condition') }),
  ),
  query: fc.record({
    select: some(tie('selection')),
    from: fc.tuple(source, fc.array(source, { maxLength: 1 })).map(([main, joined]): Soql['from'] => [main, ...joined]),
    scope: maybe(name),
    where: maybe(tie('condition')),
    with: maybe(withClause),
    groupBy: maybe(
      fc.record({
        kind: fc.constantFrom('plain' as const, 'ROLLUP' as const, 'CUBE' as const),
        operands: some(operand),
      }),
    ),
    having: maybe(tie('condition')),
    orderBy: fc.array(ordering, { maxLength: 2 }),
    limit: maybe(fc.oneof(whole, bind)),
    offset: maybe(fc.oneof(whole, bind)),
    allRows: fc.boolean(),
    forPurposes: fc.uniqueArray(fc.constantFrom('VIEW' as const, 'REFERENCE' as const, 'UPDATE' as const)),
    updates: fc.uniqueArray(fc.constantFrom('TRACKING' as const, 'VIEWSTAT' as const)),
  }),
}));
