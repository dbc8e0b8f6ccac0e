import { splitId } from '#lib/salesforce-id-number.ts';
import { noId } from '../scan.ts';

export interface ReferenceObject {
  readonly type: string;
  readonly id: ReturnType<typeof splitId>;
  readonly customer: { readonly prefix: string; readonly number: bigint };
  /** Every name in it, in order, with where it stands: what the hash stands for. */
  readonly names: string;
  readonly value: Readonly<Record<string, unknown>>;
  parent: number;
}

interface Inside {
  readonly names: string[];
  readonly children: number[];
  lastNames: string;
}

/** What the JSON scanner must find in a value that `JSON.parse` gave, by order of end. Knows no faults. */
export function walkJson(value: unknown, customerFields: Readonly<Record<string, string>>) {
  const records: ReferenceObject[] = [];
  let aggregates = 0;
  const walk = (value: unknown, path: string, inside: Inside | undefined): void => {
    if (Array.isArray(value)) {
      inside?.names.push('[');
      for (const element of value) walk(element, path, inside);
      inside?.names.push(']');
    } else if (typeof value === 'object' && value !== null) walkObject(value as Record<string, unknown>, path, inside);
  };
  const walkMembers = (object: Record<string, unknown>, path: string, inside: Inside | undefined): void => {
    for (const [name, member] of Object.entries(object)) {
      if (name === 'attributes') continue;
      inside?.names.push(name);
      walk(member, `${path}/${name}`, inside);
    }
  };
  const walkObject = (object: Record<string, unknown>, path: string, inside: Inside | undefined): void => {
    const attributes = object['attributes'] as Record<string, string> | undefined;
    if (attributes === undefined) {
      inside?.names.push('{');
      walkMembers(object, path, inside);
      inside?.names.push('}');
      return;
    }
    const type = attributes['type']!;
    const own: Inside = { names: [path, type, ...Object.keys(attributes)], children: [], lastNames: '' };
    walkMembers(object, path, own);
    if (type === 'AggregateResult') {
      aggregates += 1;
      return;
    }
    const names = JSON.stringify(own.names);
    const index = records.length;
    records.push({
      type,
      id: splitId(attributes['url']!.split('/').at(-1)!),
      customer: customerOf(object, attributes, customerFields[type.toLowerCase()]),
      names,
      value: object,
      parent: -1,
    });
    for (const child of own.children) records[child]!.parent = index;
    if (inside === undefined) return;
    inside.children.push(index);
    if (inside.lastNames !== names) inside.names.push(names);
    inside.lastNames = names;
  };
  walk(value, '', undefined);
  return { records, aggregates };
}

function customerOf(object: Record<string, unknown>, attributes: Record<string, string>, field: string | undefined) {
  const none = { prefix: '', number: noId };
  if (field === undefined) return none;
  if (field.toLowerCase() === 'id') return splitId(attributes['url']!.split('/').at(-1)!) ?? none;
  const name = Object.keys(object).find((each) => each.toLowerCase() === field.toLowerCase());
  const value = name === undefined ? undefined : object[name];
  return typeof value === 'string' ? splitId(value)! : none;
}

/** How many objects a careless reader would take for records or computed rows. */
export function countAttributes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = !Array.isArray(value) && 'attributes' in value ? 1 : 0;
  return Object.values(value).reduce((sum: number, member) => sum + countAttributes(member), own);
}
