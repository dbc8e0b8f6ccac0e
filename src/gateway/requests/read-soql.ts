import { describeFailure } from '#model/result.ts';
import { parseSoql } from '#soql/parse-soql.ts';
import type { Soql } from '#soql/query.ts';
import type { Refusal } from '../call.ts';
import { refuseQuery } from './refuse.ts';

/**
 * Characters of a literal that some readers undo before they look for its end: `\u0027` is a quote to them. Control
 * characters, and halves of surrogate pairs, which are rewritten on the way.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ambiguous = /(?<!\\)(?:\\\\)*\\u00[0-7][0-9a-f]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/i;

/** The query that the text is, or where it is none. */
export type ReadSoql = (text: string) => Soql | Refusal;

export const readSoql: ReadSoql = (text) => {
  if (ambiguous.test(text) || !text.isWellFormed())
    return refuseQuery('ambiguous-literal', "write letters, digits and signs as themselves, and quotes as \\'");
  const parsed = parseSoql(text);
  return parsed.ok ? parsed.value : refuseQuery('malformed-query', describeFailure(parsed.failure));
};
