import { parseBind, parseOperand, parseValue } from './parse-operand.ts';
import type { ComparisonOperator, Condition, Membership, MembershipOperator, Operand, Soql, Value } from './query.ts';
import type { Tokens } from './tokens.ts';

const symbols: readonly (readonly [string, ComparisonOperator])[] = [
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
];

/**
 * A condition of WHERE or HAVING. As in Salesforce, AND and OR do not mix without parentheses. `parseQuery` reads a
 * semi-join.
 */
export function parseCondition(tokens: Tokens, parseQuery: (tokens: Tokens) => Soql): Condition {
  const first = parseTerm(tokens, parseQuery);
  const kind = tokens.isWord('AND') ? 'and' : tokens.isWord('OR') ? 'or' : undefined;
  if (kind === undefined) return first;
  const conditions = [first];
  while (tokens.acceptWord(kind === 'and' ? 'AND' : 'OR')) conditions.push(parseTerm(tokens, parseQuery));
  if (tokens.isWord('AND') || tokens.isWord('OR')) tokens.fail('parentheses where AND and OR meet');
  return { kind, conditions };
}

function parseTerm(tokens: Tokens, parseQuery: (tokens: Tokens) => Soql): Condition {
  tokens.enter();
  const condition = parseBoundedTerm(tokens, parseQuery);
  tokens.leave();
  return condition;
}

function parseBoundedTerm(tokens: Tokens, parseQuery: (tokens: Tokens) => Soql): Condition {
  if (tokens.acceptWord('NOT')) return { kind: 'not', condition: parseTerm(tokens, parseQuery) };
  if (!tokens.acceptSymbol('(')) return parsePredicate(tokens, parseQuery);
  const condition = parseCondition(tokens, parseQuery);
  tokens.expectSymbol(')');
  return condition;
}

function parsePredicate(tokens: Tokens, parseQuery: (tokens: Tokens) => Soql): Condition {
  const left = parseOperand(tokens);
  if (tokens.kind === 'symbol')
    for (const [symbol, operator] of symbols)
      if (tokens.acceptSymbol(symbol)) return { kind: 'comparison', left, operator, right: parseValue(tokens) };
  if (tokens.acceptWord('LIKE')) return { kind: 'comparison', left, operator: 'LIKE', right: parseValue(tokens) };
  if (tokens.acceptWord('NOT')) {
    tokens.expectWord('IN');
    return parseMembership(tokens, left, 'NOT IN', parseQuery);
  }
  for (const operator of ['IN', 'INCLUDES', 'EXCLUDES'] as const)
    if (tokens.acceptWord(operator)) return parseMembership(tokens, left, operator, parseQuery);
  tokens.fail('a comparison (=, !=, <, <=, >, >=, LIKE, IN, NOT IN, INCLUDES, EXCLUDES)');
  return { kind: 'comparison', left, operator: '=', right: { kind: 'constant', value: null } };
}

function parseMembership(
  tokens: Tokens,
  left: Operand,
  operator: MembershipOperator,
  parseQuery: (tokens: Tokens) => Soql,
): Membership {
  if (tokens.isSymbol(':')) return { kind: 'membership', left, operator, right: parseBind(tokens) };
  tokens.expectSymbol('(');
  const isJoin = tokens.isWord('SELECT') && (operator === 'IN' || operator === 'NOT IN');
  const right: Membership['right'] = isJoin
    ? { kind: 'semi-join', query: parseQuery(tokens) }
    : { kind: 'list', values: parseList(tokens) };
  tokens.expectSymbol(')');
  return { kind: 'membership', left, operator, right };
}

function parseList(tokens: Tokens): readonly Value[] {
  const values = [parseValue(tokens)];
  while (tokens.acceptSymbol(',')) values.push(parseValue(tokens));
  return values;
}
