import { type Modifier, mapOperands, type Placeholders } from './item.ts';
import { joinPatterns, maximumAlternatives, type Piece, parseTextPattern, type TextPattern } from './text-pattern.ts';

/** `%name%` becomes its configured values, in which wildcards are allowed. */
export const expand: Modifier = (item, placeholders) =>
  mapOperands(item, (operand) => {
    if (operand.kind !== 'text') return 'text with %placeholders%';
    let alternatives: readonly TextPattern[] = [[]];
    for (const piece of operand.pattern) {
      const choices = valuesOf(piece, placeholders);
      if (typeof choices === 'string') return choices;
      alternatives = alternatives.flatMap((left) => choices.map((right) => joinPatterns(left, right)));
      if (alternatives.length > maximumAlternatives) return `at most ${maximumAlternatives} combinations`;
    }
    return alternatives.map((pattern) => ({ ...operand, raw: undefined, pattern }));
  });

function valuesOf(piece: Piece, placeholders: Placeholders): readonly TextPattern[] | string {
  if (typeof piece !== 'object') return [[piece]];
  const { placeholder } = piece;
  const values = Object.hasOwn(placeholders, placeholder) ? placeholders[placeholder] : undefined;
  return values?.map((value) => parseTextPattern(value)) ?? `a placeholder that is configured, not %${placeholder}%`;
}
