import { counted } from '#lib/words.ts';
import { ScrollArea } from '../parts/scroll-area.tsx';

const dayKinds = ['weekdays', 'weekends'] as const;

/** px */
const cell = 24;

/** When this grant works: two strips of 24 hours, darker where it worked more. UTC, as the history is kept. */
export function UsualHours({ hours }: { readonly hours: readonly number[] }) {
  const most = hours.reduce((highest, each) => Math.max(highest, each), 1);
  return (
    <figure>
      <figcaption className="text-sm text-ink-2">Usual hours (UTC): {hoursInWords(hours)}</figcaption>
      <ScrollArea name="Usual hours" className="mt-2 overflow-x-auto">
        <svg width={24 * cell + 72} height={2 * cell + 24} aria-hidden="true" className="block">
          {dayKinds.map((kind, row) => (
            <g key={kind}>
              <text x="0" y={row * cell + 16} className="fill-ink-2 text-xs">
                {kind}
              </text>
              {hours.slice(row * 24, row * 24 + 24).map((count, hour) => (
                <rect
                  // biome-ignore lint/suspicious/noArrayIndexKey: the place is the hour
                  key={hour}
                  x={72 + hour * cell}
                  y={row * cell}
                  width={cell - 2}
                  height={cell - 2}
                  className={count === 0 ? 'fill-none stroke-line' : 'fill-ink'}
                  opacity={count === 0 ? 1 : 0.15 + 0.85 * Math.sqrt(count / most)}
                >
                  <title>{`${kind} ${String(hour).padStart(2, '0')}:00 to ${String(hour + 1).padStart(2, '0')}:00 UTC: ${counted(count, 'event')}`}</title>
                </rect>
              ))}
            </g>
          ))}
          {[0, 6, 12, 18].map((hour) => (
            <text key={hour} x={72 + hour * cell} y={2 * cell + 14} className="fill-ink-2 text-xs">
              {String(hour).padStart(2, '0')}
            </text>
          ))}
        </svg>
      </ScrollArea>
    </figure>
  );
}

/** `weekdays 01 to 04, 22 to 24; weekends never`. */
function hoursInWords(hours: readonly number[]): string {
  return dayKinds
    .map((kind, row) => {
      const ranges: string[] = [];
      for (let hour = 0; hour < 24; hour++) {
        if ((hours[row * 24 + hour] ?? 0) === 0) continue;
        const from = hour;
        while (hour < 24 && (hours[row * 24 + hour] ?? 0) > 0) hour++;
        ranges.push(`${String(from).padStart(2, '0')} to ${String(hour).padStart(2, '0')}`);
      }
      return `${kind} ${ranges.join(', ') || 'never'}`;
    })
    .join('; ');
}
