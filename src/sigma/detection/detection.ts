import type { Refusals } from '../rules/refusals.ts';
import type { Item } from './item.ts';

/** A rule's search as data: what pipelines rewrite before it is compiled. */
export type Search = SearchItem | SearchGroup;

/** `field|modifier|…: value(s)`, its modifiers already applied to the values. */
export interface SearchItem {
  readonly kind: 'item';
  /** Undefined for keywords. */
  readonly field: string | undefined;
  readonly modifiers: readonly string[];
  readonly item: Item;
  readonly line: number;
  /** Ids of the processing items that changed it. */
  readonly processedBy: ReadonlySet<string>;
}

export interface SearchGroup {
  readonly kind: 'every' | 'either';
  readonly parts: readonly Search[];
}

/** A section `detection` or `filter`: its own search identifiers and the conditions over them, of which any will do. */
export interface Detection {
  readonly identifiers: ReadonlyMap<string, Search>;
  readonly conditions: readonly { readonly text: string; readonly line: number }[];
  readonly line: number;
  /** Of the file it stands in. */
  readonly refusals: Refusals;
}
