import { maximumLength } from './parse-soql.ts';
import { Tokens } from './tokens.ts';

/** What is left to read of a query that a log has cut off or garbled. */
export interface ScavengedQuery {
  readonly mainObject: string | undefined;
  /** Columns named before FROM, as written, outside of sub-queries. */
  readonly fields: readonly string[];
  readonly isCount: boolean;
}

/**
 * The main object and the columns of text that `parseSoql` refuses, as far as readable; never fails. Use it for log
 * lines only, never to judge what may run.
 */
export function scavengeSoql(text: string): ScavengedQuery {
  const tokens = new Tokens(text.slice(0, maximumLength));
  const fields = new Set<string>();
  let isCount = false;
  if (!tokens.acceptWord('SELECT')) return { mainObject: undefined, fields: [], isCount };
  while (tokens.kind !== 'end' && !tokens.isWord('FROM')) {
    if (tokens.acceptSymbol('(')) skipParentheses(tokens);
    else if (tokens.kind === 'word') {
      const path = readPath(tokens);
      if (!tokens.acceptSymbol('(')) fields.add(path);
      else {
        if (path.toUpperCase() === 'COUNT') isCount = true;
        if (tokens.kind === 'word') fields.add(readPath(tokens));
        skipParentheses(tokens);
      }
      skipToComma(tokens);
    } else tokens.advance();
  }
  const mainObject = tokens.acceptWord('FROM') && tokens.kind === 'word' ? readPath(tokens) : undefined;
  return { mainObject, fields: [...fields], isCount: isCount && fields.size <= 1 };
}

function readPath(tokens: Tokens): string {
  let path = tokens.take('word', 'a name');
  while (tokens.acceptSymbol('.')) if (tokens.kind === 'word') path += `.${tokens.take('word', 'a name')}`;
  return path;
}

function skipParentheses(tokens: Tokens): void {
  for (let depth = 1; depth > 0 && tokens.kind !== 'end'; tokens.advance())
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
}

/** Past an alias or whatever else follows a column. */
function skipToComma(tokens: Tokens): void {
  while (tokens.kind !== 'end' && !tokens.isSymbol(',') && !tokens.isSymbol('(') && !tokens.isWord('FROM'))
    tokens.advance();
}
