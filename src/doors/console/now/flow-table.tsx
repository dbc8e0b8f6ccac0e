import { inWords } from '#lib/words.ts';
import type { NowView } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { clockTime, dayOf, zoneName } from '../parts/times.ts';
import { widen } from '../server/flow.ts';

const hourMs = 3_600_000;

/** The picture's numbers, hour by hour, newest first. */
export function FlowTable({ flow, sources }: Pick<NowView, 'flow' | 'sources'>) {
  const { zone, house } = useClock();
  const hours = widen(flow, hourMs);
  return (
    <ScrollArea className="max-h-[480px] overflow-auto" name="Events per hour and source">
      <table className="w-full">
        <thead className="sticky top-0 bg-paper text-sm text-ink-2">
          <tr>
            <th scope="col" className="py-2 pr-4">
              Hour ({zoneName(zone, house)})
            </th>
            {sources.map((source) => (
              <th key={source.name} scope="col" className="py-2 pl-4 text-right">
                {source.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours.times
            .map((time, index) => ({ time, index }))
            .reverse()
            .map(({ time, index }) => (
              <tr key={time} className="border-t border-line">
                <th scope="row" className="py-1.5 pr-4 font-normal whitespace-nowrap">
                  {dayOf(time, zone)} {clockTime(time, zone)}
                </th>
                {sources.map((source) => (
                  <td key={source.name} className="py-1.5 pl-4 text-right">
                    {inWords(hours.counts[source.name]?.[index] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
