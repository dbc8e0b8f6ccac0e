import { inkOf } from './inks.ts';

/** The ink of a current, beside its name. One that waits for a person stands in the alarm's colour. */
export function Swatch({ place, isAlarmed }: { readonly place: number | undefined; readonly isAlarmed: boolean }) {
  return (
    <svg
      width="10"
      height="10"
      className={`mr-2 inline-block shrink-0 align-[-0.5px] ${isAlarmed ? 'text-alarm' : 'text-ink'}`}
      aria-hidden="true"
    >
      {place === undefined ? (
        <rect x="0.5" y="0.5" width="9" height="9" fill="none" stroke="currentColor" strokeOpacity="0.35" />
      ) : (
        <rect width="10" height="10" fill="currentColor" fillOpacity={isAlarmed ? 0.9 : inkOf(place)} />
      )}
    </svg>
  );
}
