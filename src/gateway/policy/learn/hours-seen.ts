import { isWholeWeek, joinStretches, weekClock } from '../hours.ts';
import type { Hours } from '../policy.ts';

/** With calls in nearly all hours, the rest says nothing. */
const nearlyAllDay = 20;

export interface HoursSeen {
  add(at: number): void;
  /** Days on which there was a call. */
  readonly days: number;
  /** Working days and weekends each by the hours seen, with one hour before and after. */
  propose(): 'always' | Hours;
}

export function createHoursSeen(zone: string): HoursSeen {
  const minuteOfWeek = weekClock(zone);
  const working = new Set<number>();
  const weekend = new Set<number>();
  const days = new Set<number>();
  return {
    add(at) {
      const minute = minuteOfWeek(at);
      (minute < 5 * 1440 ? working : weekend).add(Math.floor((minute % 1440) / 60));
      days.add(Math.floor(at / 86_400_000));
    },
    get days() {
      return days.size;
    },
    propose() {
      const isShort = days.size < 7;
      const [onWorking, onWeekend] = isShort ? [working.union(weekend), working.union(weekend)] : [working, weekend];
      const open = joinStretches(
        Array.from({ length: 7 }, (_, day) =>
          [...widened(day < 5 ? onWorking : onWeekend)].map((hour) => ({
            from: day * 1440 + hour * 60,
            to: day * 1440 + hour * 60 + 60,
          })),
        ).flat(),
      );
      return isWholeWeek(open) ? 'always' : { zone, open };
    },
  };
}

function widened(hours: ReadonlySet<number>): ReadonlySet<number> {
  const wide = new Set([...hours].flatMap((hour) => [(hour + 23) % 24, hour, (hour + 1) % 24]));
  return wide.size >= nearlyAllDay ? new Set(Array.from({ length: 24 }, (_, hour) => hour)) : wide;
}
