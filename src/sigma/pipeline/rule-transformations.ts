import type { SearchItem } from '../detection/detection.ts';
import { operandsOf } from '../detection/item.ts';
import { readSelection } from '../detection/read-detection.ts';
import { fixedText, parseTextPattern, writePattern } from '../detection/text-pattern.ts';
import type { LogSource } from '../log-source.ts';
import { plain, type Tree } from '../rules/yaml-tree.ts';
import { readLogSource } from './conditions.ts';
import type { Options } from './options.ts';
import type { Transform } from './pipeline.ts';

export const ruleTransformations: Readonly<Record<string, (options: Options) => Transform>> = {
  drop_detection_item: () => (rule, by) => rule.changeItems(by, () => 'dropped'),
  add_condition: readAddCondition,
  change_logsource: (options) => {
    const source = readLogSource(options);
    return (rule) => {
      if (rule.rule.kind === 'event') rule.sources = [source];
    };
  },
  add_field: (options) => {
    const added = options.requiredTexts('field');
    return (rule) => {
      rule.fields = [...rule.fields, ...added];
    };
  },
  remove_field: (options) => {
    const removed = options.requiredTexts('field');
    return (rule) => {
      rule.fields = rule.fields.filter((field) => !removed.includes(field));
    };
  },
  set_field: (options) => {
    const fields = options.requiredTexts('fields');
    return (rule) => {
      rule.fields = fields;
    };
  },
  set_state: (options) => {
    const key = options.requiredText('key');
    const value = options.scalar('val') ?? null;
    return ({ state }) => void state.set(key, value);
  },
  set_custom_attribute: (options) => {
    const attribute = options.requiredText('attribute');
    const tree = options.tree('value');
    const value = tree && plain(tree);
    return ({ custom }) => void custom.set(attribute, value);
  },
  hashes_fields: readHashesFields,
  rule_failure: (options) => {
    const message = options.requiredText('message');
    return (rule, by) => rule.fail(by, message);
  },
  detection_item_failure: (options) => {
    const message = options.requiredText('message');
    return (rule, by) =>
      rule.changeItems(by, (item) => {
        rule.fail(by, message, item.line);
        return undefined;
      });
  },
  strict_field_mapping_failure: () => (rule, by) =>
    rule.changeItems(by, ({ field, line }) => {
      if (field !== undefined && !rule.mappedFields.has(field)) rule.fail(by, `no mapping for field ${field}`, line);
      return undefined;
    }),
};

/** `conditions` are fields and values, of which all must hold beside the rule's own condition. */
function readAddCondition(options: Options): Transform {
  const tree = options.tree('conditions');
  options.text('name');
  const isNegated = options.flag('negated');
  const isTemplate = options.flag('template');
  const { refusals } = options;
  const read = (source: LogSource | undefined) =>
    tree && readSelection(source ? fillTemplate(tree, source) : tree, { refusals, placeholders: {} });
  if (tree?.kind !== 'map' || read(undefined) === undefined) options.refuse('conditions', 'a map of fields and values');
  return (rule, by) => {
    const search = read(isTemplate ? rule.sources[0] : undefined);
    if (rule.rule.kind === 'correlation' || search === undefined) return;
    const line = rule.rule.line;
    const mark = by.id === undefined ? [] : [by.id];
    const marked =
      search.kind === 'item'
        ? search
        : { ...search, parts: search.parts.map((part) => ({ ...part, processedBy: new Set(mark) })) };
    const condition = { text: isNegated ? 'not added' : 'added', line };
    const detection = { identifiers: new Map([['added', marked]]), conditions: [condition], line, refusals };
    rule.detections = [...rule.detections, detection];
  };
}

const fillTemplate = (tree: Tree, source: LogSource): Tree => {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => fillTemplate(item, source)) };
  if (tree.kind === 'map')
    return { ...tree, entries: new Map([...tree.entries].map(([key, value]) => [key, fillTemplate(value, source)])) };
  if (typeof tree.value !== 'string') return tree;
  const value = tree.value.replace(
    /\$(?:(category|product|service)\b|\{(category|product|service)\})/g,
    (_, name?: keyof LogSource, braced?: keyof LogSource) => source[(name ?? braced)!] ?? '',
  );
  return { ...tree, value, text: value };
};

const algorithmsByLength: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' };

/** `Hashes: [MD5=…, SHA1=…]` becomes a field for each algorithm, of which any will do. */
function readHashesFields(options: Options): Transform {
  const algorithms = options.requiredTexts('valid_hash_algos');
  const prefix = options.text('field_prefix') ?? '';
  const dropsAlgorithm = options.flag('drop_algo_prefix');
  return (rule, by) =>
    rule.changeItems(by, (item) => {
      const operands = operandsOf(item.item);
      if (!operands.every(({ kind }) => kind === 'text')) return undefined;
      const byField = new Map<string, SearchItem['item']['values'][number][]>();
      for (const operand of operands) {
        if (operand.kind !== 'text') continue;
        const { algorithm, hash } = readHash(writePattern(operand.pattern));
        if (!algorithms.includes(algorithm)) continue;
        const field = dropsAlgorithm ? prefix : prefix + algorithm;
        const choice = { ...operand, raw: undefined, pattern: parseTextPattern(hash) };
        byField.set(field, [...(byField.get(field) ?? []), { line: item.line, choices: [choice] }]);
      }
      if (byField.size === 0) rule.fail(by, `a hash of ${algorithms.join(', ')}`, item.line);
      const parts = [...byField].map(([field, values]) => ({ ...item, field, item: { ...item.item, values } }));
      return { kind: item.item.isNegated || item.item.needsAll ? 'every' : 'either', parts };
    });
}

function readHash(text: string): { readonly algorithm: string; readonly hash: string } {
  const plainText = fixedText(parseTextPattern(text.replace(/^\*|\*$/g, ''))) ?? text;
  const [algorithm, hash, ...more] = plainText.split(plainText.includes('|') ? '|' : '=');
  if (hash !== undefined && more.length === 0) return { algorithm: algorithm!.toUpperCase(), hash };
  return { algorithm: algorithmsByLength[plainText.length] ?? '', hash: plainText };
}
