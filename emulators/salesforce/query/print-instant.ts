const two: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const dayMs = 86_400_000;

/** `2026-11-23` of ms since 1970 UTC. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
export function printDay(time: number): string {
  const shifted = Math.floor(time / dayMs) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${two[Math.floor(year / 100)]}${two[year % 100]}-${two[month]}-${two[day]}`;
}

/** `2026-11-23T10:00:00.000`, the zone left to the caller. An export prints two for each record: `toISOString` is slow. */
export function printInstant(time: number): string {
  const rest = time - Math.floor(time / dayMs) * dayMs;
  const [hours, minutes] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const [seconds, ms] = [Math.floor(rest / 1_000) % 60, rest % 1_000];
  return `${printDay(time)}T${two[hours]}:${two[minutes]}:${two[seconds]}.${String(ms).padStart(3, '0')}`;
}
