import { type Algebra, compileCondition } from '../detection/condition.ts';
import type { SearchItem } from '../detection/detection.ts';
import { type Operand, operandsOf } from '../detection/item.ts';
import { anything, writePattern } from '../detection/text-pattern.ts';
import { includes, type LogSource } from '../log-source.ts';
import { type Comparison, compareAttribute, compareScalars, comparisons } from './compare.ts';
import { Options } from './options.ts';
import { toBeginning } from './python-pattern.ts';
import type { RuleInWork, Scalar } from './rule-in-work.ts';

type Condition<Subject> = (rule: RuleInWork, subject: Subject) => boolean;
type Reader<Subject> = (options: Options) => Condition<Subject>;

const yes = (): boolean => true;

const readState = (options: Options): Condition<unknown> => {
  const key = options.requiredText('key');
  const value = options.scalar('val') ?? null;
  const operator = options.oneOf('op', comparisons, 'eq');
  return ({ state }) => state.has(key) && compareScalars(state.get(key)!, operator, value);
};

/** One operand as pipelines compare it; undefined for what has no such form. */
function plainOf(operand: Operand): Scalar | undefined {
  if (operand.kind === 'text') return writePattern(operand.pattern);
  if (operand.kind === 'number' || operand.kind === 'boolean') return operand.value;
  return operand.kind === 'null' ? null : undefined;
}

const hasValue = (item: SearchItem, value: Scalar): boolean =>
  operandsOf(item.item).some((operand) => plainOf(operand) === value);

export const readLogSource = (options: Options): LogSource => {
  const read = (key: string): string | undefined => options.text(key)?.toLowerCase();
  return { product: read('product'), category: read('category'), service: read('service') };
};

const ruleConditions: Readonly<Record<string, Reader<undefined>>> = {
  logsource: (options) => {
    const source = readLogSource(options);
    return ({ sources }) => sources.some((each) => includes(source, each));
  },
  contains_field: (options) => {
    const field = options.requiredText('field');
    return (rule) => rule.items().some((item) => item.field === field);
  },
  contains_detection_item: (options) => {
    const field = options.requiredText('field');
    const value = options.scalar('value') ?? null;
    return (rule) => rule.items().some((item) => item.field === field && hasValue(item, value));
  },
  processing_item_applied: (options) => {
    const id = options.requiredText('processing_item_id');
    return ({ processedBy }) => processedBy.has(id);
  },
  processing_state: readState,
  is_sigma_rule: () => (work) => work.rule.kind === 'event',
  is_sigma_correlation_rule: () => (work) => work.rule.kind === 'correlation',
  rule_attribute: (options) => {
    const attribute = options.requiredText('attribute');
    const value = options.scalar('value') ?? null;
    const operator = options.oneOf<Comparison>('op', [...comparisons, 'in', 'not_in'], 'eq');
    return ({ rule, custom }) =>
      compareAttribute(attribute, custom.get(attribute) ?? rule.attributes[attribute], operator, value);
  },
  tag: (options) => {
    const tag = options.requiredText('tag').toLowerCase();
    return ({ rule }) => [rule.attributes['tags']].flat().some((each) => String(each).toLowerCase() === tag);
  },
};

const readValues = (options: Options, test: (operand: Operand) => boolean): Condition<SearchItem> => {
  const needsAll = options.oneOf('cond', ['any', 'all'], 'any') === 'all';
  return (_, { item }) => (needsAll ? operandsOf(item).every(test) : operandsOf(item).some(test));
};

const itemConditions: Readonly<Record<string, Reader<SearchItem>>> = {
  match_string: (options) => {
    const pattern = toBeginning(options.requiredText('pattern'));
    if (pattern === undefined) options.refuse('pattern', 'a regular expression');
    const isNegated = options.flag('negate');
    return readValues(
      options,
      (operand) => (operand.kind === 'text' && pattern!.test(writePattern(operand.pattern))) !== isNegated,
    );
  },
  match_value: (options) => {
    const value = options.scalar('value') ?? null;
    return readValues(options, (operand) => plainOf(operand) === value);
  },
  contains_wildcard: (options) =>
    readValues(
      options,
      (operand) => operand.kind === 'text' && operand.pattern.some((piece) => piece === anything || isSymbol(piece)),
    ),
  is_null: (options) => readValues(options, ({ kind }) => kind === 'null'),
  processing_item_applied: (options) => {
    const id = options.requiredText('processing_item_id');
    return (_, { processedBy }) => processedBy.has(id);
  },
  processing_state: readState,
};

const isSymbol = (piece: unknown): boolean => typeof piece === 'symbol';

/** A condition on field names, which also speaks of items: by their field or a field their values refer to. */
interface FieldCondition {
  readonly field: Condition<string>;
  readonly item: Condition<SearchItem>;
}

const ofField = (field: Condition<string>): FieldCondition => ({
  field,
  item: (rule, item) =>
    (item.field !== undefined && field(rule, item.field)) ||
    operandsOf(item.item).some((operand) => operand.kind === 'field' && field(rule, operand.name)),
});

const readNames = (options: Options): ((field: string) => boolean) => {
  const names = options.requiredTexts('fields');
  if (options.oneOf('mode', ['plain', 're'], 'plain') === 'plain') return (field) => names.includes(field);
  const patterns = names.map((name) => toBeginning(name) ?? options.refuse('fields', 'regular expressions'));
  return (field) => patterns.some((pattern) => pattern!.test(field));
};

const fieldConditions: Readonly<Record<string, (options: Options) => FieldCondition>> = {
  include_fields: (options) => {
    const isNamed = readNames(options);
    return ofField((_, field) => isNamed(field));
  },
  exclude_fields: (options) => {
    const isNamed = readNames(options);
    const field: Condition<string> = (_, name) => !isNamed(name);
    // Keywords are in no list.
    return { field, item: (rule, item) => item.field === undefined || ofField(field).item(rule, item) };
  },
  processing_item_applied: (options) => {
    const id = options.requiredText('processing_item_id');
    return { field: (rule, field) => rule.wasFieldProcessedBy(field, id), item: (_, item) => item.processedBy.has(id) };
  },
  processing_state: (options) => {
    const holds = readState(options);
    return { field: holds, item: holds };
  },
};

export interface ItemConditions {
  readonly isForRule: (rule: RuleInWork) => boolean;
  readonly isForItem: Condition<SearchItem>;
  readonly isForField: Condition<string>;
}

/** The conditions of one processing item. */
export function readConditions(options: Options): ItemConditions {
  const link = (prefix: string): (<Subject>(conditions: Named<Condition<Subject>>) => Condition<Subject>) =>
    readLink(options, prefix);
  const forRule = link('rule')(readTable(options, 'rule', ruleConditions));
  const forItem = link('detection_item')(readTable(options, 'detection_item', itemConditions));
  const fields = readTable(options, 'field_name', fieldConditions);
  const linkFields = link('field_name');
  const forField = linkFields(fields.map(([name, { field }]) => [name, field]));
  const forFieldOfItem = linkFields(fields.map(([name, { item }]) => [name, item]));
  return {
    isForRule: (rule) => forRule(rule, undefined),
    isForItem: (rule, item) => forItem(rule, item) && forFieldOfItem(rule, item),
    isForField: forField,
  };
}

type Named<Part> = readonly (readonly [name: string, part: Part])[];

function readTable<Part>(
  options: Options,
  prefix: string,
  table: Readonly<Record<string, (options: Options) => Part>>,
): Named<Part> {
  return options.parts(`${prefix}_conditions`).flatMap(([name, tree]) => {
    const inner = new Options(tree, `${options.place}, ${prefix} condition ${name}`, options.refusals);
    const type = inner.requiredText('type');
    const read = Object.hasOwn(table, type) ? table[type] : undefined;
    if (read === undefined) {
      inner.refuse('type', `one of ${Object.keys(table).join(', ')}, not ${type}`);
      return [];
    }
    const condition = read(inner);
    inner.refuseOthers();
    return [[name, condition] as const];
  });
}

/** By `_cond_expr` over their names, or by `_cond_op` (and, or), which is and; then `_cond_not`. */
function readLink(
  options: Options,
  prefix: string,
): <Subject>(conditions: Named<Condition<Subject>>) => Condition<Subject> {
  const expression = options.text(`${prefix}_cond_expr`);
  const stated = options.tree(`${prefix}_cond_op`) !== undefined;
  const operator = options.oneOf(`${prefix}_cond_op`, ['and', 'or'], 'and');
  const isNegated = options.flag(`${prefix}_cond_not`);
  if (expression !== undefined && stated) options.refuse(`${prefix}_cond_op`, `nothing beside ${prefix}_cond_expr`);
  const line = options.tree(`${prefix}_cond_expr`)?.line ?? 0;
  return <Subject>(conditions: Named<Condition<Subject>>) => {
    if (conditions.length === 0) return yes;
    const algebra: Algebra<Condition<Subject>> = {
      every: (parts) => (rule, subject) => parts.every((part) => part(rule, subject)),
      either: (parts) => (rule, subject) => parts.some((part) => part(rule, subject)),
      negate: (part) => (rule, subject) => !part(rule, subject),
    };
    const parts = conditions.map(([, condition]) => condition);
    const linked =
      expression === undefined
        ? algebra[operator === 'and' ? 'every' : 'either'](parts)
        : (compileCondition(expression, new Map(conditions), algebra, line, options.refusals) ?? yes);
    return isNegated ? algebra.negate(linked) : linked;
  };
}
