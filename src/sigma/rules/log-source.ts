import { type LogSource, logSourceKeys } from '../log-source.ts';
import type { Refusals } from './refusals.ts';
import { isEmpty, type Tree } from './yaml-tree.ts';

/** The section `logsource`; `definition` and keys of the author's own narrow nothing. */
export function readLogSource(tree: Tree | undefined, line: number, refusals: Refusals): LogSource | undefined {
  if (tree?.kind !== 'map') return refusals.refuse(tree?.line ?? line, 'no logsource', 'a map `logsource`');
  const read = (key: string): string | undefined => {
    const value = tree.entries.get(key);
    return value?.kind === 'scalar' && !isEmpty(value) ? value.text.toLowerCase() : undefined;
  };
  for (const key of logSourceKeys) {
    const value = tree.entries.get(key);
    if (value !== undefined && !isEmpty(value) && read(key) === undefined)
      return refusals.refuse(value.line, `logsource.${key}`, 'a name');
  }
  return { product: read('product'), category: read('category'), service: read('service') };
}
