import { followStandard } from '../../requests/standard-relationships.ts';
import type { ObjectPolicy } from '../policy.ts';
import type { SeenRead } from './seen-call.ts';

export interface ObjectsSeen {
  add(reads: readonly SeenRead[]): void;
  /** `unknown`: relationships that were followed and that no standard names. */
  view(): { readonly objects: readonly ObjectPolicy[]; readonly unknown: readonly string[] };
}

interface Seen {
  readonly name: string;
  readonly fields: Map<string, string>;
  isWhole: boolean;
  customer: string | undefined;
  isReference: boolean;
}

export function createObjectsSeen(): ObjectsSeen {
  const objects = new Map<string, Seen>();
  const unknown = new Set<string>();
  const objectNamed = (name: string): Seen => {
    const key = name.toLowerCase();
    const seen = objects.get(key) ?? {
      name,
      fields: new Map(),
      isWhole: false,
      customer: undefined,
      isReference: false,
    };
    objects.set(key, seen);
    return seen;
  };
  const addField = (object: string, path: string): void => {
    const steps = path.split('.');
    const field = steps.pop()!;
    let owner = object;
    for (const step of steps) {
      const target = followStandard(owner.toLowerCase(), step.toLowerCase());
      if (target === undefined || target === 'several') {
        unknown.add(`${owner}.${step}`);
        return;
      }
      owner = target;
    }
    objectNamed(owner).fields.set(field.toLowerCase(), field);
  };
  return {
    add(reads) {
      for (const { object, fields, customerField } of reads) {
        const seen = objectNamed(object);
        if (customerField === '') seen.isReference = true;
        else seen.customer ??= customerField;
        if (fields === undefined) seen.isWhole = true;
        for (const field of fields ?? []) addField(object, field);
      }
    },
    view: () => ({ objects: [...objects.values()].map(asPolicy), unknown: [...unknown].sort() }),
  };
}

function asPolicy({ name, fields, isWhole, customer: seen, isReference: isSaidSo }: Seen): ObjectPolicy {
  const isReference = isSaidSo && seen === undefined;
  return {
    name,
    fields: isWhole ? 'all' : [...fields.values()].filter((field) => field.toLowerCase() !== 'id').sort(),
    denied: [],
    customer: isReference ? undefined : (seen ?? likelyCustomer(name, fields)),
    relationships: new Map(),
    isReference,
  };
}

/** A Contact is a customer, and what names a Contact leads to one. */
function likelyCustomer(name: string, fields: ReadonlyMap<string, string>): string | undefined {
  return name.toLowerCase() === 'contact' ? 'Id' : fields.get('contactid');
}
