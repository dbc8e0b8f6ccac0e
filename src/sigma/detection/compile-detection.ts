import { compileItem, type ItemContext } from './compile-item.ts';
import { type Algebra, compileCondition } from './condition.ts';
import type { Detection, Search } from './detection.ts';
import { either, every, negate, type Predicate } from './predicate.ts';

/** Undefined once something was refused. */
export function compileDetection(detection: Detection, context: ItemContext): Predicate | undefined {
  const identifiers = new Map<string, Predicate>();
  for (const [name, search] of detection.identifiers) {
    const predicate = compileSearch(search, context);
    if (predicate !== undefined) identifiers.set(name, predicate);
  }
  if (identifiers.size < detection.identifiers.size) return undefined;
  const conditions: Predicate[] = [];
  for (const { text, line } of detection.conditions) {
    const predicate = compileCondition(text, identifiers, algebra, line, context.refusals);
    if (predicate === undefined) return undefined;
    if (predicate === dropped)
      return context.refusals.refuse(line, 'nothing that pipelines have left', 'a search that is not dropped whole');
    conditions.push(predicate);
  }
  return either(conditions);
}

function compileSearch(search: Search, context: ItemContext): Predicate | undefined {
  if (search.kind === 'item') return compileItem(search, context);
  const parts = search.parts.map((part) => compileSearch(part, context));
  return parts.every((part) => part !== undefined) ? algebra[search.kind](parts) : undefined;
}

/** What a pipeline has dropped takes no part; a group without any part is itself dropped. */
const dropped: Predicate = () => true;

const without =
  (join: (parts: readonly Predicate[]) => Predicate) =>
  (parts: readonly Predicate[]): Predicate => {
    const left = parts.filter((part) => part !== dropped);
    return left.length === 0 ? dropped : join(left);
  };

const algebra: Algebra<Predicate> = {
  every: without(every),
  either: without(either),
  negate: (part) => (part === dropped ? dropped : negate(part)),
};
