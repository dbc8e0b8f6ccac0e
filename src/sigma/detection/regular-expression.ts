import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { failure, type Result, success } from '#model/result.ts';
import { requiredTexts } from './required-texts.ts';

export interface RefusedExpression {
  readonly found: string;
  readonly expected: string;
}

/** What means something else in PCRE: any line end, where RE2 has one. */
const ambiguous = /(?<!\\)(?:\\\\)*\\v/;

/**
 * A test whether the expression is found anywhere in a text, in time linear in the text whatever the expression: rules
 * are written by people and texts by attackers, and JavaScript's own engine takes exponential time on some pairs of
 * them. RE2 syntax (https://github.com/google/re2/wiki/Syntax), which has PCRE's meaning, but for `$`, which is made so.
 * Most texts lack what the expression needs, so that is looked for first. `flags`: i, m, s.
 */
export function compileRegularExpression(
  source: string,
  flags: string,
): Result<(text: string) => boolean, RefusedExpression> {
  const ignoresCase = flags.includes('i');
  const mode =
    (ignoresCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0) |
    (flags.includes('s') ? RE2JS.DOTALL : 0);
  const expression = compile(source, mode);
  if (!expression.ok) return expression;
  const search = endingAsInPcre(source, expression.value);
  const texts = requiredTexts(source, ignoresCase);
  if (texts === undefined) return success(search);
  const [only] = texts;
  const holdsText =
    texts.length === 1
      ? (text: string) => text.includes(only!)
      : (text: string) => texts.some((each) => text.includes(each));
  if (!ignoresCase) return success((text) => holdsText(text) && search(text));
  return success((text) => holdsText(foldAscii(text)) && search(text));
}

function compile(source: string, mode: number): Result<RE2JS, RefusedExpression> {
  if (ambiguous.test(source)) return failure({ found: source, expected: 'another escape than \\v' });
  try {
    return success(RE2JS.compile(source, mode));
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const construct = error instanceof RE2JSSyntaxException ? error.input : null;
    return failure({ found: source, expected: expectedFor(construct ?? '') });
  }
}

/** By the construct that RE2 names as the one it has not. */
function expectedFor(construct: string): string {
  if (/^\(\?<?[=!]/.test(construct)) return `an expression without look-around: no ${construct}`;
  if (/^\\\d/.test(construct)) return `an expression without back references: no ${construct}`;
  return construct === ''
    ? 'an expression in RE2 syntax'
    : `an expression in RE2 syntax, without look-around, back references and possessive quantifiers: not ${construct}`;
}

/** PCRE's `$` is also before the line end that ends the text, RE2's only at the very end. */
function endingAsInPcre(source: string, expression: RE2JS): (text: string) => boolean {
  if (!source.includes('$')) return (text) => expression.test(text);
  return (text) => expression.test(text) || (text.endsWith('\n') && expression.test(text.slice(0, -1)));
}

/** Lower case, in which the two letters that RE2 takes for ASCII ones are such (K for k is so anyway). */
function foldAscii(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ſ') ? lower.replaceAll('ſ', 's') : lower;
}
