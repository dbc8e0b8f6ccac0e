import type { Identity, Notice } from '../call.ts';
import type { Notify } from '../parts.ts';

/** A breach is told once a minute for each token, address and reason: a thief may try a thousand times a second. */
const quietMs = 60_000;
const rememberedBreaches = 10_000;

export type TellBreach = (
  identity: Identity,
  reason: Notice['reason'],
  level: Notice['level'],
  explanation: string,
) => void;

export function createTellBreach(notify: Notify, clock: () => number): TellBreach {
  const told = new Map<string, number>();
  return (identity, reason, level, explanation) => {
    const at = clock();
    const key = `${identity.token} ${identity.address} ${reason}`;
    if (at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    if (told.size >= rememberedBreaches) told.clear();
    told.set(key, at);
    notify({ at, identity, reason, level, explanation });
  };
}
