import type { ReleaseView } from '#model/gateway-wire.ts';

export interface Holder {
  readonly name: string;
  readonly records: number;
  readonly answers: number;
  readonly lastAt: number;
}

/** Who holds what these answers carried, the most records first. */
export function holdersOf(releases: readonly ReleaseView[], by: 'token' | 'integration'): readonly Holder[] {
  const holders = new Map<string, Holder>();
  for (const release of releases) {
    const name = release[by];
    const known = holders.get(name) ?? { name, records: 0, answers: 0, lastAt: 0 };
    holders.set(name, {
      name,
      records: known.records + release.records,
      answers: known.answers + 1,
      lastAt: Math.max(known.lastAt, release.at),
    });
  }
  return [...holders.values()].sort((one, other) => other.records - one.records || other.lastAt - one.lastAt);
}
