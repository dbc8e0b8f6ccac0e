import type { Refusals } from './refusals.ts';
import type { Tree } from './yaml-tree.ts';

/**
 * Where a rule applies. `product` is compared with slot `metadata.product.name`, `service` with the source's name, whole
 * or without the product in front, or with the product's name again (SigmaHQ writes `okta`/`okta`); all without case.
 * Without `product` a rule applies to every event.
 */
export interface LogSource {
  readonly product: string | undefined;
  readonly service: string | undefined;
}

export function readLogSource(tree: Tree | undefined, line: number, refusals: Refusals): LogSource | undefined {
  if (tree?.kind !== 'map') return refusals.refuse(tree?.line ?? line, 'no logsource', 'a map `logsource`');
  const category = tree.entries.get('category');
  if (category !== undefined)
    return refusals.refuse(
      category.line,
      'logsource.category',
      'product and service: no source here states a category',
    );
  const read = (key: string): string | undefined => {
    const value = tree.entries.get(key);
    return value?.kind === 'scalar' && value.text !== '' ? value.text.toLowerCase() : undefined;
  };
  for (const key of ['product', 'service']) {
    const value = tree.entries.get(key);
    if (value !== undefined && read(key) === undefined)
      return refusals.refuse(value.line, `logsource.${key}`, 'a name');
  }
  return { product: read('product'), service: read('service') };
}

/** `productName` and `sourceName` are those of an event. */
export function appliesTo(
  { product, service }: LogSource,
  productName: string | undefined,
  sourceName: string,
): boolean {
  const named = productName?.toLowerCase() ?? '';
  if (product !== undefined && product !== named) return false;
  if (service === undefined) return true;
  const source = sourceName.toLowerCase();
  return service === source || service === named || (named !== '' && source === `${named}-${service}`);
}
