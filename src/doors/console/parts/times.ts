const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `12 min ago`, `in 3 h`, `now`; one unit only. */
export function relative(time: number, now: number): string {
  const away = now - time;
  const size = Math.abs(away);
  if (size < 5000) return 'now';
  const unit = units.find(([, each]) => size >= each) ?? units[3];
  const words = `${Math.floor(size / unit[1])} ${unit[0]}`;
  return away >= 0 ? `${words} ago` : `in ${words}`;
}

export type Zone = 'UTC' | 'local';

const timeZone = (zone: Zone): { readonly timeZone?: string } => (zone === 'UTC' ? { timeZone: 'UTC' } : {});

/** `24 Nov 2026, 14:32:05 UTC` in full, the zone named. */
export const absolute = (time: number, zone: Zone): string =>
  new Intl.DateTimeFormat('en-GB', {
    ...timeZone(zone),
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(time);

/** `24 Nov 14:32:05` for columns whose header names the zone. */
export const stamp = (time: number, zone: Zone): string =>
  new Intl.DateTimeFormat('en-GB', {
    ...timeZone(zone),
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
    .format(time)
    .replace(',', '');

/** `14:32` for axes. */
export const clockTime = (time: number, zone: Zone, seconds = false): string =>
  new Intl.DateTimeFormat('en-GB', {
    ...timeZone(zone),
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  }).format(time);

/** `24 Nov` for axes. */
export const dayOf = (time: number, zone: Zone): string =>
  new Intl.DateTimeFormat('en-GB', { ...timeZone(zone), day: 'numeric', month: 'short' }).format(time);

/** The zone's name at this time, for headers: `UTC`, `CET`. */
export const zoneName = (zone: Zone, time: number): string =>
  zone === 'UTC'
    ? 'UTC'
    : (new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
        .formatToParts(time)
        .find((piece) => piece.type === 'timeZoneName')?.value ?? 'local time');
