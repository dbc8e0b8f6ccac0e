import type { SearchItem } from '../detection/detection.ts';
import type { Placeholders } from '../detection/item.ts';
import type { LogSource } from '../log-source.ts';
import type { RuleInWork } from './rule-in-work.ts';

/** A processing pipeline in pySigma's format. https://sigmahq.io/docs/digging-deeper/pipelines.html */
export interface Pipeline {
  readonly name: string;
  /** Lower ones go first. */
  readonly priority: number;
  readonly vars: Placeholders;
  readonly items: readonly ProcessingItem[];
  /** Key `cordon.logsources`: the log sources whose rules this pipeline makes fit to its events. */
  readonly serves: readonly LogSource[];
}

export type Transform = (rule: RuleInWork, item: ProcessingItem) => void;

/** One transformation of a pipeline and what it is for. */
export interface ProcessingItem {
  readonly id: string | undefined;
  /** For people: `pipeline okta, item 3 (field_name_mapping)`. */
  readonly place: string;
  readonly isForRule: (rule: RuleInWork) => boolean;
  /** By the conditions on detection items and on field names. */
  readonly isForItem: (rule: RuleInWork, item: SearchItem) => boolean;
  readonly isForField: (rule: RuleInWork, field: string) => boolean;
  readonly transform: Transform;
}

/** All pipelines as one, in the order of priority, then as given. The variables of later ones win. */
export const joinPipelines = (pipelines: readonly Pipeline[]): Pick<Pipeline, 'items' | 'vars'> => {
  const ordered = pipelines.toSorted((a, b) => a.priority - b.priority);
  return {
    items: ordered.flatMap(({ items }) => items),
    vars: Object.assign(Object.create(null), ...ordered.map(({ vars }) => vars)) as Placeholders,
  };
};

/** Runs items one after another; a rule that one has failed on goes no further. */
export function applyItems(items: readonly ProcessingItem[], rule: RuleInWork): void {
  for (const item of items) {
    if (rule.hasFailed) return;
    if (!item.isForRule(rule)) continue;
    if (item.id !== undefined) rule.processedBy.add(item.id);
    item.transform(rule, item);
  }
}
