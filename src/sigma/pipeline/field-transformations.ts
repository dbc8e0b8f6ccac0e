import type { SearchItem } from '../detection/detection.ts';
import { type Operand, operandsOf } from '../detection/item.ts';
import type { Options } from './options.ts';
import type { ProcessingItem, Transform } from './pipeline.ts';
import type { RuleInWork } from './rule-in-work.ts';

/** The names that a field becomes; undefined where it is not named. */
type Rename = (field: string) => readonly string[] | undefined;

const readMapping = (options: Options): ReadonlyMap<string, readonly string[]> => {
  const mapping = options.textsByName('mapping');
  for (const [name, names] of mapping) {
    if (name === '' || name === 'null' || name === '~')
      options.refuse('mapping', 'names of fields: keywords cannot be made a field');
    if (names.length === 0) options.refuse('mapping', `at least one name for ${name}`);
  }
  return mapping;
};

export const fieldTransformations: Readonly<Record<string, (options: Options) => Transform>> = {
  field_name_mapping: (options) => {
    const mapping = readMapping(options);
    return renaming((field) => mapping.get(field));
  },
  field_name_prefix_mapping: (options) => {
    const mapping = [...readMapping(options)];
    return renaming((field) => {
      const [prefix, prefixes] = mapping.find(([each]) => field.startsWith(each)) ?? [];
      return prefix === undefined ? undefined : prefixes?.map((each) => each + field.slice(prefix.length));
    });
  },
  field_name_prefix: (options) => {
    const prefix = options.requiredText('prefix');
    return renaming((field) => [prefix + field]);
  },
  field_name_suffix: (options) => {
    const suffix = options.requiredText('suffix');
    return renaming((field) => [field + suffix]);
  },
  field_name_transform: (options) => {
    const how = options.oneOf('transform_func', ['lower', 'upper', 'title', 'snake_case'], 'lower');
    if (options.tree('transform_func') === undefined)
      options.refuse('transform_func', 'lower, upper, title or snake_case');
    const mapping = options.tree('mapping') === undefined ? undefined : readMapping(options);
    return renaming((field) => mapping?.get(field) ?? [changeCase(field, how)]);
  },
};

export function changeCase(text: string, how: 'lower' | 'upper' | 'title' | 'snake_case'): string {
  if (how === 'lower') return text.toLowerCase();
  if (how === 'upper') return text.toUpperCase();
  if (how === 'title') return text.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();
}

const renaming =
  (rename: Rename): Transform =>
  (rule, by) => {
    const namesOf = (field: string): readonly string[] => {
      const names = by.isForField(rule, field) ? rename(field) : undefined;
      if (names === undefined) return [field];
      rule.noteField(field, names, by.id);
      return names;
    };
    rule.fields = rule.fields.flatMap(namesOf);
    renameInCorrelation(rule, by, namesOf);
    rule.changeItems(by, (item) => {
      const referring = renameReferences(item, namesOf);
      const { field } = item;
      const names = field !== undefined && by.isForField(rule, field) ? rename(field) : undefined;
      if (names === undefined) return referring;
      const renamed = referring ?? item;
      for (const name of names) rule.mappedFields.add(name);
      const parts = names.map((name) => ({ ...renamed, field: name }));
      return parts.length === 1 ? parts[0] : { kind: needsEach(item) ? 'every' : 'either', parts };
    });
  };

/** What says that something is not there must hold of each field that it could be in. */
const needsEach = ({ item }: SearchItem): boolean =>
  item.isNegated !==
  operandsOf(item).some(
    (operand) => operand.kind === 'null' || (item.asksExistence && operand.kind === 'boolean' && !operand.value),
  );

function renameReferences(item: SearchItem, namesOf: (field: string) => readonly string[]): SearchItem | undefined {
  if (!operandsOf(item.item).some(({ kind }) => kind === 'field')) return undefined;
  const values = item.item.values.map(({ line, choices }) => ({
    line,
    choices: choices.flatMap((operand): readonly Operand[] =>
      operand.kind === 'field' ? namesOf(operand.name).map((name) => ({ ...operand, name })) : [operand],
    ),
  }));
  return { ...item, item: { ...item.item, values } };
}

/** Aliases stay, what they stand for is renamed; where there can be but one field, several are a failure. */
function renameInCorrelation(
  rule: RuleInWork,
  by: ProcessingItem,
  namesOf: (field: string) => readonly string[],
): void {
  if (rule.correlation === undefined) return;
  const { groupBy, aliases, fields } = rule.correlation;
  const nameOf = (field: string): string => {
    const names = namesOf(field);
    if (names.length > 1) rule.fail(by, `one field for ${field}, where a correlation counts or aliases it`);
    return names[0] ?? field;
  };
  rule.correlation = {
    groupBy: groupBy.flatMap((name) => (aliases.has(name) ? [name] : namesOf(name))),
    aliases: new Map(
      [...aliases].map(([alias, byRule]) => [
        alias,
        new Map([...byRule].map(([reference, field]) => [reference, nameOf(field)])),
      ]),
    ),
    fields: fields.map(nameOf),
  };
}
