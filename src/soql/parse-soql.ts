import { failure, type Result, success } from '#model/result.ts';
import { parseCondition } from './parse-condition.ts';
import { parseBind, parseCount, parseField, parseOperand, parsePath, parseString } from './parse-operand.ts';
import type {
  DataCategory,
  Field,
  ForPurpose,
  GroupBy,
  Ordering,
  Selection,
  Soql,
  Source,
  TypeOf,
  Update,
  With,
} from './query.ts';
import { Tokens } from './tokens.ts';

/** Characters of one statement. SOQL and SOSL Limits, Salesforce Developer Limits Quick Reference. */
export const maximumLength = 100_000;

/**
 * Reads one SOQL query, in time linear in its length. What Salesforce's documentation does not allow is `invalid`, with
 * the character at which it stands.
 */
export function parseSoql(text: string): Result<Soql> {
  if (text.length > maximumLength)
    return failure({
      kind: 'invalid',
      where: 'SOQL',
      found: `${text.length} characters`,
      expected: `at most ${maximumLength}`,
    });
  const tokens = new Tokens(text);
  const query = parseQuery(tokens);
  if (tokens.kind !== 'end') tokens.fail('the end of the query');
  return tokens.fault === undefined ? success(query) : failure(tokens.fault);
}

function parseQuery(tokens: Tokens): Soql {
  tokens.enter();
  tokens.expectWord('SELECT');
  const select = parseListOf(tokens, parseSelection);
  tokens.expectWord('FROM');
  const from: [Source, ...Source[]] = [parseSource(tokens)];
  while (tokens.acceptSymbol(',')) from.push(parseSource(tokens));
  const query: Soql = {
    select,
    from,
    scope: parseScope(tokens),
    where: tokens.acceptWord('WHERE') ? parseCondition(tokens, parseQuery) : undefined,
    with: tokens.acceptWord('WITH') ? parseWith(tokens) : undefined,
    groupBy: parseGroupBy(tokens),
    having: tokens.acceptWord('HAVING') ? parseCondition(tokens, parseQuery) : undefined,
    orderBy: parseOrderBy(tokens),
    limit: tokens.acceptWord('LIMIT') ? parseCount(tokens) : undefined,
    offset: tokens.acceptWord('OFFSET') ? parseCount(tokens) : undefined,
    allRows: parseAllRows(tokens),
    forPurposes: parseForPurposes(tokens),
    updates: parseUpdates(tokens),
  };
  tokens.leave();
  return query;
}

function parseListOf<Item>(tokens: Tokens, parse: (tokens: Tokens) => Item): Item[] {
  const items = [parse(tokens)];
  while (tokens.acceptSymbol(',')) items.push(parse(tokens));
  return items;
}

function parseSelection(tokens: Tokens): Selection {
  if (tokens.acceptSymbol('(')) {
    const query = parseQuery(tokens);
    tokens.expectSymbol(')');
    return { kind: 'children', query };
  }
  if (tokens.acceptWord('TYPEOF')) return parseTypeOf(tokens);
  const operand = parseOperand(tokens);
  const hasAlias = tokens.kind === 'word' && !tokens.isWord('FROM');
  return { kind: 'column', operand, alias: hasAlias ? tokens.take('word', 'an alias') : undefined };
}

function parseTypeOf(tokens: Tokens): TypeOf {
  const field = parseField(tokens);
  const branches: { type: string; fields: readonly Field[] }[] = [];
  do {
    tokens.expectWord('WHEN');
    const type = tokens.take('word', 'an object');
    tokens.expectWord('THEN');
    branches.push({ type, fields: parseListOf(tokens, parseField) });
  } while (tokens.isWord('WHEN'));
  const otherwise = tokens.acceptWord('ELSE') ? parseListOf(tokens, parseField) : [];
  tokens.expectWord('END');
  return { kind: 'typeof', field, branches, otherwise };
}

/** Words that may follow an object's name and so are no alias. */
const clauses = [
  'USING',
  'WHERE',
  'WITH',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'ALL',
  'FOR',
  'UPDATE',
] as const;

function parseSource(tokens: Tokens): Source {
  const at = tokens.start;
  const path = parsePath(tokens, 'an object');
  const hasAlias = tokens.acceptWord('AS') || (tokens.kind === 'word' && !clauses.some((word) => tokens.isWord(word)));
  return { path, alias: hasAlias ? tokens.take('word', 'an alias') : undefined, at };
}

function parseScope(tokens: Tokens): string | undefined {
  if (!tokens.acceptWord('USING')) return undefined;
  tokens.expectWord('SCOPE');
  return tokens.take('word', 'a scope such as Mine');
}

function parseWith(tokens: Tokens): With {
  if (tokens.acceptWord('DATA')) {
    tokens.expectWord('CATEGORY');
    const filters = [parseDataCategory(tokens)];
    while (tokens.acceptWord('AND')) filters.push(parseDataCategory(tokens));
    return { kind: 'dataCategory', filters };
  }
  if (tokens.acceptWord('USERID')) {
    tokens.expectSymbol('=');
    return { kind: 'user', id: tokens.isSymbol(':') ? parseBind(tokens) : parseString(tokens) };
  }
  if (tokens.acceptWord('RECORDVISIBILITYCONTEXT')) {
    tokens.expectSymbol('(');
    const settings = parseListOf(tokens, parseSetting);
    tokens.expectSymbol(')');
    return { kind: 'recordVisibility', settings };
  }
  return { kind: 'mode', mode: tokens.takeOneOf(['SECURITY_ENFORCED', 'USER_MODE', 'SYSTEM_MODE']) };
}

function parseDataCategory(tokens: Tokens): DataCategory {
  const group = tokens.take('word', 'a data category group');
  const operator = tokens.takeOneOf(['AT', 'ABOVE', 'BELOW', 'ABOVE_OR_BELOW']);
  const parseCategory = (): string => tokens.take('word', 'a data category');
  if (!tokens.acceptSymbol('(')) return { group, operator, categories: [parseCategory()] };
  const categories = parseListOf(tokens, parseCategory);
  tokens.expectSymbol(')');
  return { group, operator, categories };
}

function parseSetting(tokens: Tokens): { readonly name: string; readonly value: string } {
  const name = tokens.take('word', 'a setting');
  tokens.expectSymbol('=');
  return { name, value: tokens.take(tokens.kind === 'number' ? 'number' : 'word', 'a number, true or false') };
}

function parseGroupBy(tokens: Tokens): GroupBy | undefined {
  if (!tokens.acceptWord('GROUP')) return undefined;
  tokens.expectWord('BY');
  for (const kind of ['ROLLUP', 'CUBE'] as const) {
    if (!tokens.acceptWord(kind)) continue;
    tokens.expectSymbol('(');
    const operands = parseListOf(tokens, parseOperand);
    tokens.expectSymbol(')');
    return { kind, operands };
  }
  return { kind: 'plain', operands: parseListOf(tokens, parseOperand) };
}

function parseOrderBy(tokens: Tokens): readonly Ordering[] {
  if (!tokens.acceptWord('ORDER')) return [];
  tokens.expectWord('BY');
  return parseListOf(tokens, parseOrdering);
}

function parseOrdering(tokens: Tokens): Ordering {
  const operand = parseOperand(tokens);
  const direction = tokens.acceptWord('ASC') ? 'ASC' : tokens.acceptWord('DESC') ? 'DESC' : undefined;
  const nulls = tokens.acceptWord('NULLS') ? tokens.takeOneOf(['FIRST', 'LAST']) : undefined;
  return { operand, direction, nulls };
}

function parseAllRows(tokens: Tokens): boolean {
  if (!tokens.acceptWord('ALL')) return false;
  tokens.expectWord('ROWS');
  return true;
}

/** `FOR VIEW`, `FOR VIEW, REFERENCE`, `FOR VIEW FOR REFERENCE` */
function parseForPurposes(tokens: Tokens): readonly ForPurpose[] {
  const purposes: ForPurpose[] = [];
  while (tokens.acceptWord('FOR'))
    purposes.push(...parseListOf(tokens, (): ForPurpose => tokens.takeOneOf(['VIEW', 'REFERENCE', 'UPDATE'])));
  return purposes;
}

function parseUpdates(tokens: Tokens): readonly Update[] {
  if (!tokens.acceptWord('UPDATE')) return [];
  return parseListOf(tokens, (): Update => tokens.takeOneOf(['TRACKING', 'VIEWSTAT']));
}
