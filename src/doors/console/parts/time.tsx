import { useClock } from './clock.tsx';
import { absolute, relative, stamp } from './times.ts';
import { Tip } from './tip.tsx';

interface TimeProps {
  /** ms since 1970 UTC. */
  readonly at: number;
  /** Whose clock "ago" is counted by: the watched house's, or ours for acts of staff. */
  readonly by?: 'house' | 'wall';
}

/** `4 min ago`; the absolute time with its zone on hover and on keyboard focus. */
export function Time({ at, by = 'house' }: TimeProps) {
  const clock = useClock();
  const full = absolute(at, clock.zone);
  return (
    <Tip words={full}>
      <time dateTime={new Date(at).toISOString()}>{relative(at, clock[by])}</time>
    </Tip>
  );
}

/** The same inside dense rows: hover only, so that Tab goes from row to row. */
export function RowTime({ at, by = 'house' }: TimeProps) {
  const clock = useClock();
  return (
    <time
      className="relative z-10 whitespace-nowrap"
      dateTime={new Date(at).toISOString()}
      title={absolute(at, clock.zone)}
    >
      {relative(at, clock[by])}
    </time>
  );
}

/** `24 Nov 14:32:05`, where the header or the sentence names the zone. */
export function Stamp({ at }: { readonly at: number }) {
  const { zone } = useClock();
  return (
    <time className="whitespace-nowrap" dateTime={new Date(at).toISOString()} title={absolute(at, zone)}>
      {stamp(at, zone)}
    </time>
  );
}
