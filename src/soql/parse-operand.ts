import type { Bind, Call, Field, NumberLiteral, Operand, StringLiteral, Value } from './query.ts';
import type { Tokens } from './tokens.ts';

const units = ['WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'] as const;

/** "Date Formats and Date Literals in WHERE", SOQL and SOSL Reference. */
const relativeDates: ReadonlySet<string> = new Set([
  ...['YESTERDAY', 'TODAY', 'TOMORROW', 'LAST_90_DAYS', 'NEXT_90_DAYS'],
  ...units.flatMap((unit) => [`LAST_${unit}`, `THIS_${unit}`, `NEXT_${unit}`]),
]);
/** Written with a number: `LAST_N_DAYS:30`. */
const countedDates: ReadonlySet<string> = new Set(
  ['DAY', ...units].flatMap((unit) => [`LAST_N_${unit}S`, `NEXT_N_${unit}S`, `N_${unit}S_AGO`]),
);

export function parsePath(tokens: Tokens, expected: string): readonly string[] {
  const path = [tokens.take('word', expected)];
  while (tokens.acceptSymbol('.')) path.push(tokens.take('word', 'a name after the dot'));
  return path;
}

export function parseField(tokens: Tokens): Field {
  const at = tokens.start;
  if (tokens.isWord('FROM') || tokens.isWord('SELECT') || tokens.isWord('WHERE')) tokens.fail('a field');
  return { kind: 'field', path: parsePath(tokens, 'a field'), at };
}

/** A field or a function of fields. */
export function parseOperand(tokens: Tokens): Operand {
  const field = parseField(tokens);
  if (field.path.length > 1 || !tokens.isSymbol('(')) return field;
  return { kind: 'call', name: field.path[0]!.toUpperCase(), arguments: parseArguments(tokens), at: field.at };
}

function parseArguments(tokens: Tokens): Call['arguments'] {
  const list: Call['arguments'][number][] = [];
  tokens.enter();
  tokens.expectSymbol('(');
  if (!tokens.isSymbol(')'))
    do {
      list.push(parseArgument(tokens));
    } while (tokens.acceptSymbol(','));
  tokens.expectSymbol(')');
  tokens.leave();
  return list;
}

function parseArgument(tokens: Tokens): Call['arguments'][number] {
  if (tokens.kind === 'number') return parseNumber(tokens);
  if (tokens.kind === 'string') return parseString(tokens);
  if (tokens.isSymbol(':')) return parseBind(tokens);
  return parseOperand(tokens);
}

const parseNumber = (tokens: Tokens): NumberLiteral => ({ kind: 'number', text: tokens.take('number', 'a number') });

export const parseString = (tokens: Tokens): StringLiteral => ({
  kind: 'string',
  escaped: tokens.take('string', "a string in ''").slice(1, -1),
});

export function parseBind(tokens: Tokens): Bind {
  tokens.expectSymbol(':');
  return { kind: 'bind', path: parsePath(tokens, 'a variable') };
}

/** LIMIT and OFFSET. */
export function parseCount(tokens: Tokens): NumberLiteral | Bind {
  if (tokens.isSymbol(':')) return parseBind(tokens);
  if (tokens.kind === 'number' && !/^\d+$/.test(tokens.text)) tokens.fail('a whole number');
  return parseNumber(tokens);
}

export function parseValue(tokens: Tokens): Value {
  switch (tokens.kind) {
    case 'string':
      return parseString(tokens);
    case 'number':
      return parseNumber(tokens);
    case 'date':
    case 'dateTime':
      return { kind: tokens.kind, text: tokens.take(tokens.kind, 'a date') };
    case 'word':
      return parseWordValue(tokens);
    default:
      return parseBind(tokens.isSymbol(':') ? tokens : failValue(tokens));
  }
}

const failValue = (tokens: Tokens): Tokens => {
  tokens.fail('a value');
  return tokens;
};

function parseWordValue(tokens: Tokens): Value {
  if (tokens.acceptWord('TRUE')) return { kind: 'constant', value: true };
  if (tokens.acceptWord('FALSE')) return { kind: 'constant', value: false };
  if (tokens.acceptWord('NULL')) return { kind: 'constant', value: null };
  const name = tokens.text.toUpperCase();
  if (relativeDates.has(name)) {
    tokens.advance();
    return { kind: 'relativeDate', name, count: undefined };
  }
  if (countedDates.has(name)) {
    tokens.advance();
    tokens.expectSymbol(':');
    if (tokens.kind === 'number' && !/^\d+$/.test(tokens.text)) tokens.fail('a whole number');
    return { kind: 'relativeDate', name, count: tokens.take('number', 'a whole number') };
  }
  if (/^[A-Z]{3}\d+$/.test(name)) return parseCurrency(tokens, name);
  return parseBind(failValue(tokens));
}

/** `EUR5000.50` is read as the word `EUR5000` and the number `.50`. */
function parseCurrency(tokens: Tokens, whole: string): Value {
  const end = tokens.end;
  tokens.advance();
  const hasFraction = tokens.kind === 'number' && tokens.start === end && /^\.\d+$/.test(tokens.text);
  return { kind: 'currency', text: hasFraction ? whole + tokens.take('number', 'an amount') : whole };
}
