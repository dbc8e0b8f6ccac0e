import { type Event, Slots } from '#model/event.ts';

/** An event for tests: `slots` by slot name, `native` by the vendor's field name. */
export function eventOf(
  slots: Partial<Slots>,
  more: { readonly native?: Readonly<Record<string, unknown>>; readonly time?: number; readonly raw?: string } = {},
): Event {
  const time = more.time ?? 0;
  return {
    key: `key-${time}`,
    time,
    arrivedAt: time,
    source: 'test',
    origin: { file: 'test', offset: 0, bytes: 0 },
    raw: more.raw ?? '',
    slots: Object.assign(new Slots(), slots),
    native: (name) => more.native?.[name],
  };
}
