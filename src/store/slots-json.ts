import { tellsNetwork } from '#model/activity.ts';
import { NetworkSlots, type SlotName, Slots } from '#model/event.ts';

/** Only what the source said: absent, empty and not-a-number slots are left out. */
export function slotsToJson(slots: Slots): string {
  const said: Partial<Record<SlotName, unknown>> = {};
  for (const name of Object.keys(slots) as SlotName[]) {
    const value = slots[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (typeof value === 'number' && !Number.isFinite(value)) continue;
    said[name] = value;
  }
  return JSON.stringify(said);
}

export const slotsFromJson = (json: string): Slots => reviveSlots(JSON.parse(json) as Partial<Slots>);

/** All slots again, `undefined` or empty where the source said nothing. */
export function reviveSlots(said: Partial<Slots>): Slots {
  const isOfNetwork = tellsNetwork.has(said.activity_name ?? 'other') || 'dst_endpoint.ip' in said;
  return Object.assign(isOfNetwork ? new NetworkSlots() : new Slots(), said);
}
