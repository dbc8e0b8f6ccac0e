import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { NowView } from '#model/wire.ts';
import { nowQuery } from '../server/queries.ts';
import type { Zone } from './times.ts';
import { useStored } from './use-stored.ts';

interface Clock {
  /** The watched house's time, ms: in a demonstration its own, else the wall's. */
  readonly house: number;
  readonly wall: number;
  readonly zone: Zone;
  readonly setZone: (zone: Zone) => void;
}

const ClockContext = createContext<Clock>({ house: 0, wall: 0, zone: 'UTC', setZone: () => {} });
export const useClock = (): Clock => useContext(ClockContext);

/** How often relative times are read anew, ms. */
const tick = 10_000;

/** While a demonstration reads its history in strides, its newest event is ahead of its clock. */
const houseTimeOf = ({ demo, sources }: NowView): number | undefined =>
  demo === undefined ? undefined : Math.max(demo.houseTime, ...sources.map((source) => source.lastArrivalAt ?? 0));

export function ClockProvider({ children }: { readonly children: ReactNode }) {
  const [wall, setWall] = useState(() => Date.now());
  const [zone, setZone] = useStored('cordon.zone', 'UTC');
  const houseTime = useQuery({ ...nowQuery, enabled: false, select: houseTimeOf }).data;
  useEffect(() => {
    const timer = setInterval(() => setWall(Date.now()), tick);
    return () => clearInterval(timer);
  }, []);
  const clock: Clock = { house: houseTime ?? wall, wall, zone: zone === 'local' ? 'local' : 'UTC', setZone };
  return <ClockContext value={clock}>{children}</ClockContext>;
}
