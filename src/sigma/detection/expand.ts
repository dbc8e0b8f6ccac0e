import { type Modifier, mapOperands, type Placeholders } from './item.ts';
import { joinPatterns, maximumAlternatives, type Piece, parseTextPattern, type TextPattern } from './text-pattern.ts';

/**
 * `%name%` becomes its configured values, in which wildcards are allowed. One that is not configured stays, for a
 * pipeline to replace it; left in the end, it is refused.
 */
export const expand: Modifier = (item, placeholders) =>
  mapOperands(item, (operand) => {
    if (operand.kind !== 'text') return 'text with %placeholders%';
    const patterns = replacePlaceholders(operand.pattern, (name) => valuesOf(name, placeholders));
    if (typeof patterns === 'string') return patterns;
    return patterns.map((pattern) => ({ ...operand, raw: undefined, pattern }));
  });

const valuesOf = (name: string, placeholders: Placeholders): readonly TextPattern[] | undefined =>
  Object.hasOwn(placeholders, name) ? placeholders[name]?.map((value) => parseTextPattern(value)) : undefined;

/** A pattern for each combination of values, or what would have been needed. Undefined values leave a placeholder. */
export function replacePlaceholders(
  pattern: TextPattern,
  valuesOf: (name: string) => readonly TextPattern[] | undefined,
): readonly TextPattern[] | string {
  let alternatives: readonly TextPattern[] = [[]];
  for (const piece of pattern) {
    const choices = choicesOf(piece, valuesOf);
    alternatives = alternatives.flatMap((left) => choices.map((right) => joinPatterns(left, right)));
    if (alternatives.length > maximumAlternatives) return `at most ${maximumAlternatives} combinations`;
  }
  return alternatives;
}

const choicesOf = (
  piece: Piece,
  valuesOf: (name: string) => readonly TextPattern[] | undefined,
): readonly TextPattern[] => (typeof piece === 'object' ? valuesOf(piece.placeholder) : undefined) ?? [[piece]];
