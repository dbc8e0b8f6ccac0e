import { replacePlaceholders } from '../detection/expand.ts';
import type { Operand, TextOperand } from '../detection/item.ts';
import { anything, fixedText, parseTextPattern, type TextPattern, writePattern } from '../detection/text-pattern.ts';
import { changeCase } from './field-transformations.ts';
import type { Options } from './options.ts';
import type { Transform } from './pipeline.ts';
import { replaceAll, toPattern } from './python-pattern.ts';

const textOf = (pattern: TextPattern): TextOperand => ({ kind: 'text', pattern, raw: undefined, isBytes: false });

const onTexts =
  (change: (operand: TextOperand) => readonly Operand[] | undefined): Transform =>
  (rule, by) =>
    rule.changeOperands(by, (operand) => (operand.kind === 'text' ? change(operand) : undefined));

export const valueTransformations: Readonly<Record<string, (options: Options) => Transform>> = {
  replace_string: readReplaceString,
  map_string: (options) => {
    const mapping = options.textsByName('mapping');
    return onTexts(({ pattern }) => mapping.get(writePattern(pattern))?.map((text) => textOf(parseTextPattern(text))));
  },
  set_value: readSetValue,
  convert_type: (options) => {
    const type = options.oneOf('target_type', ['str', 'num'], 'str');
    if (options.tree('target_type') === undefined) options.refuse('target_type', 'str or num');
    return (rule, by) =>
      rule.changeOperands(by, (operand) => {
        if (type === 'str')
          return operand.kind === 'number' || operand.kind === 'boolean'
            ? [textOf([String(operand.value)])]
            : undefined;
        if (operand.kind !== 'text') return undefined;
        const value = Number(fixedText(operand.pattern)?.trim() || Number.NaN);
        if (!Number.isNaN(value)) return [{ kind: 'number', value, text: String(value) }];
        rule.fail(by, `a number, not "${writePattern(operand.pattern)}"`);
        return undefined;
      });
  },
  regex: readRegex,
  case: (options) => {
    const how = options.oneOf('method', ['lower', 'upper', 'snake_case'], 'lower');
    return onTexts((operand) => [
      {
        ...operand,
        raw: undefined,
        pattern: operand.pattern.map((piece) => (typeof piece === 'string' ? changeCase(piece, how) : piece)),
      },
    ]);
  },
  value_placeholders: readValuePlaceholders,
  wildcard_placeholders: (options) => {
    const isHandled = readHandled(options);
    return replacingPlaceholders((name) => (isHandled(name) ? [[anything]] : undefined));
  },
};

/** On a value as it is written, or with `skip_special` on what stands between its wildcards. */
function readReplaceString(options: Options): Transform {
  const pattern = toPattern(options.requiredText('regex'), 'g');
  if (pattern === undefined) options.refuse('regex', 'a regular expression');
  const replacement = options.requiredText('replacement');
  const skipsSpecial = options.flag('skip_special');
  const interpretsSpecial = options.flag('interpret_special');
  const replace = (text: string): string => replaceAll(text, pattern!, replacement);
  const parse = (text: string, hasPlaceholders: boolean): TextPattern =>
    parseTextPattern(text.replace(/\\(?![*?])/g, '\\\\'), hasPlaceholders);
  return (rule, by) =>
    rule.changeOperands(by, (operand) => {
      if (operand.kind === 'number') return [textOf(parse(replace(String(operand.value)), false))];
      if (operand.kind !== 'text') return undefined;
      if (!skipsSpecial) {
        const hasPlaceholders = operand.pattern.some((piece) => typeof piece === 'object');
        return [
          { ...operand, raw: undefined, pattern: parse(replace(writePattern(operand.pattern)), hasPlaceholders) },
        ];
      }
      const replaced = operand.pattern.flatMap((piece): TextPattern => {
        if (typeof piece !== 'string') return [piece];
        return interpretsSpecial ? parse(replace(piece), false) : [replace(piece)];
      });
      return [{ ...operand, raw: undefined, pattern: replaced.filter((piece) => piece !== '') }];
    });
}

function readSetValue(options: Options): Transform {
  const value = options.scalar('value');
  if (value === undefined) options.refuse('value', 'a value');
  const type = options.oneOf('force_type', ['as written', 'str', 'num'], 'as written');
  const operand = (): Operand => {
    if (type === 'num') return { kind: 'number', value: Number(value), text: String(Number(value)) };
    if (type === 'str') return textOf(parseTextPattern(String(value)));
    if (typeof value === 'number') return { kind: 'number', value, text: String(value) };
    if (typeof value === 'boolean') return { kind: 'boolean', value, text: String(value) };
    return value === null || value === undefined ? { kind: 'null' } : textOf(parseTextPattern(value));
  };
  if (type === 'num' && Number.isNaN(Number(value ?? Number.NaN))) options.refuse('value', 'a number');
  return (rule, by) => rule.changeOperands(by, () => [operand()]);
}

/** The expression must be the whole value, as the text had to be. */
function readRegex(options: Options): Transform {
  const method = options.oneOf('method', ['plain', 'ignore_case_flag', 'ignore_case_brackets'], 'ignore_case_brackets');
  return (rule, by) =>
    rule.changeOperands(by, ({ kind, ...operand }) => {
      if (kind !== 'text' || !('pattern' in operand) || operand.pattern.length === 0) return undefined;
      const pieces = operand.pattern.map((piece) => {
        if (typeof piece === 'string') return method === 'ignore_case_brackets' ? bracketed(piece) : escaped(piece);
        if (typeof piece === 'object') rule.fail(by, `no placeholder %${piece.placeholder}% left in the value`);
        return piece === anything ? '.*' : writePattern([piece]) === '?' ? '.' : '[-/–—―]';
      });
      const flags = method === 'ignore_case_flag' ? 'is' : 's';
      return [{ kind: 'regex', source: `^(?${flags}:${pieces.join('')})$` }];
    });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const bracketed = (text: string): string =>
  [...text]
    .map((character) => {
      const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
      return lower === upper ? escaped(character) : `[${lower}${upper}]`;
    })
    .join('');

function readHandled(options: Options): (name: string) => boolean {
  const included = options.texts('include');
  const excluded = options.texts('exclude');
  if (included !== undefined && excluded !== undefined) options.refuse('exclude', 'include or exclude, not both');
  return (name) => (included === undefined ? !excluded?.includes(name) : included.includes(name));
}

function readValuePlaceholders(options: Options): Transform {
  const isHandled = readHandled(options);
  return (rule, by) => {
    const valuesOf = (name: string): readonly TextPattern[] | undefined => {
      if (!isHandled(name)) return undefined;
      const values = Object.hasOwn(rule.vars, name) ? rule.vars[name] : undefined;
      if (values === undefined) rule.fail(by, `a variable or list named ${name}`);
      return values?.map((value) => parseTextPattern(value));
    };
    replacingPlaceholders(valuesOf)(rule, by);
  };
}

const replacingPlaceholders =
  (valuesOf: (name: string) => readonly TextPattern[] | undefined): Transform =>
  (rule, by) =>
    rule.changeOperands(by, (operand) => {
      if (operand.kind !== 'text' || !operand.pattern.some((piece) => typeof piece === 'object')) return undefined;
      const patterns = replacePlaceholders(operand.pattern, valuesOf);
      if (typeof patterns === 'string') {
        rule.fail(by, patterns);
        return undefined;
      }
      return patterns.map((pattern) => ({ ...operand, raw: undefined, pattern }));
    });
