import { detachEvent, type Event, NetworkSlots, type SlotName } from '#model/event.ts';
import { readLine } from '#sigma/detection/keyword.ts';
import type { EventKind, Read, StatedLogSource } from '#sigma/event.ts';
import type { LogSource } from '#sigma/log-source.ts';

const emptySlots = new NetworkSlots();

const isSlot = (name: string): name is SlotName => Object.hasOwn(emptySlots, name);

/**
 * A function for each slot: one that serves all names has to look the name up at every event, which costs a scan a tenth
 * of its time. The name is a slot's own, never a text from outside.
 */
const compileReader = (name: SlotName): Read<Event> =>
  new Function('event', `return event.slots[${JSON.stringify(name)}];`) as Read<Event>;

/**
 * How rules read Cordon's events: `time` is the event's own time, a slot's name (OCSF path) its slot, any other name a
 * field of the vendor's record. A slot without value and an empty slot list are absent.
 */
export const eventKind: EventKind<Event> = {
  readField(name): Read<Event> {
    if (name === 'time') return (event) => event.time;
    if (!isSlot(name)) return (event) => event.native(name);
    const read = compileReader(name);
    if (!Array.isArray(emptySlots[name])) return read;
    return (event) => {
      const list = read(event) as readonly string[] | undefined;
      return list?.length === 0 ? undefined : list;
    };
  },
  readText: readLine,
  appliesTo,
  product: ({ slots }) => slots['metadata.product.name'],
  source: ({ source }) => source,
  // Most rules speak of a few acts, or of what is new.
  routingFields: ['activity_name', 'history.network', 'history.app'],
  costOf(field, comparing) {
    // By the activity the rule was chosen, so it rules out no event, and what history says most of them. The vendor's
    // own fields have to be found first.
    if (field === 'activity_name') return 20;
    if (field.startsWith('history.')) return 1;
    return comparing + (isSlot(field) ? 0 : 10);
  },
  keeper(fields) {
    const vendors = fields.filter((name) => name !== 'time' && !isSlot(name));
    return (event) => {
      const kept = new Map(vendors.map((name) => [name, structuredClone(event.native(name))]));
      return { ...detachEvent(event), native: (name) => kept.get(name) };
    };
  },
};

/**
 * Rules that no pipeline has made fit to a source: `product` is slot `metadata.product.name`, `service` the source's
 * name, whole or without the product in front, or the product's name again (SigmaHQ writes `okta`/`okta`). No event
 * here states a category.
 */
function appliesTo({ product, category, service }: LogSource, stated: StatedLogSource): boolean {
  const named = stated.product?.toLowerCase() ?? '';
  if (category !== undefined || (product !== undefined && product !== named)) return false;
  if (service === undefined) return true;
  const source = stated.source?.toLowerCase() ?? '';
  return service === source || service === named || (named !== '' && source === `${named}-${service}`);
}
