import { readLine } from './detection/keyword.ts';
import type { EventKind, SigmaEvent } from './event.ts';

export interface TestEvent extends SigmaEvent {
  readonly source: string;
  readonly raw: string;
  readonly slots: Readonly<Record<string, unknown>>;
  readonly native: (name: string) => unknown;
}

/** An event for tests: `slots` by name, as `native` by the vendor's field name. */
export function eventOf(
  slots: TestEvent['slots'],
  more: { readonly native?: Readonly<Record<string, unknown>>; readonly time?: number; readonly raw?: string } = {},
): TestEvent {
  const time = more.time ?? 0;
  return {
    time,
    arrivedAt: time,
    source: 'test',
    raw: more.raw ?? '',
    slots,
    native: (name) => more.native?.[name],
  };
}

export const testKind: EventKind<TestEvent> = {
  readField: (name) => (name === 'time' ? ({ time }) => time : ({ slots, native }) => slots[name] ?? native(name)),
  readText: readLine,
  category: () => undefined,
  appliesTo: ({ product, category, service }, stated) => {
    const named = stated.product?.toLowerCase();
    const isService = service === undefined || service === stated.source || service === named;
    return category === undefined && isService && (product === undefined || product === named);
  },
  product: ({ slots }) => slots['metadata.product.name'],
  source: ({ source }) => source,
  routingFields: ['activity_name', 'history.network', 'history.app'],
  costOf: (_, comparing) => comparing,
  keeper: (fields) => (event) => {
    const kept = new Map(fields.map((name) => [name, event.native(name)]));
    return { ...event, native: (name) => kept.get(name) };
  },
};
