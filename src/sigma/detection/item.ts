import type { Refusals } from '../rules/refusals.ts';
import { parseTextPattern, type TextPattern } from './text-pattern.ts';

/** One value of a rule after some of its modifiers. The `text` of numbers and booleans is as written: `0x17`, `yes`. */
export type Operand =
  | {
      readonly kind: 'text';
      readonly pattern: TextPattern;
      /** As written, until a modifier has changed it. */
      readonly raw: string | undefined;
      /** Each character stands for one byte: the outcome of an encoding modifier. */
      readonly isBytes: boolean;
    }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'cidr'; readonly text: string }
  | { readonly kind: 'bound'; readonly operator: Bound; readonly value: number }
  | { readonly kind: 'field'; readonly name: string; readonly startsOpen: boolean; readonly endsOpen: boolean };

/** Text as a rule writes it. */
export const textOperand = (raw: string, hasPlaceholders = false): TextOperand => ({
  kind: 'text',
  pattern: parseTextPattern(raw, hasPlaceholders),
  raw,
  isBytes: false,
});

/** Numbers and booleans as the text in which the rule has written them. */
export const asWritten = (operand: Operand): Operand =>
  operand.kind === 'number' || operand.kind === 'boolean' ? textOperand(operand.text) : operand;

export type TextOperand = Extract<Operand, { kind: 'text' }>;
export type Bound = 'lt' | 'lte' | 'gt' | 'gte';
export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** One value as the rule lists it: any of its choices will do. No choice at all, and nothing matches. */
export interface Value {
  readonly line: number;
  readonly choices: readonly Operand[];
}

/** A field's values and what its modifiers ask for so far. */
export interface Item {
  readonly values: readonly Value[];
  readonly needsAll: boolean;
  readonly isNegated: boolean;
  readonly isCased: boolean;
  readonly asksExistence: boolean;
  readonly datePart: DatePart | undefined;
  /** `i`, `m`, `s` */
  readonly regexFlags: string;
}

/** Values of `%name%` under the modifier `expand`. */
export interface Placeholders {
  readonly [name: string]: readonly string[];
}

/** What the reading of selections needs. */
export interface ReadContext {
  readonly refusals: Refusals;
  readonly placeholders: Placeholders;
}

/** What would have been needed instead, and where; without line the item as a whole is meant. */
export interface Misuse {
  readonly expected: string;
  readonly line: number | undefined;
}

export type Modifier = (item: Item, placeholders: Placeholders) => Item | Misuse;

export const misuse = (expected: string, line?: number): Misuse => ({ expected, line });

export const isMisuse = (outcome: Item | Misuse): outcome is Misuse => 'expected' in outcome;

export const operandsOf = (item: Item): readonly Operand[] => item.values.flatMap(({ choices }) => choices);

/** `change` makes one operand several, or says what it would have needed. */
export function mapOperands(item: Item, change: (operand: Operand) => readonly Operand[] | string): Item | Misuse {
  const values: Value[] = [];
  for (const { line, choices } of item.values) {
    const changed: Operand[] = [];
    for (const operand of choices) {
      const outcome = change(operand);
      if (typeof outcome === 'string') return misuse(outcome, line);
      changed.push(...outcome);
    }
    values.push({ line, choices: changed });
  }
  return { ...item, values };
}
