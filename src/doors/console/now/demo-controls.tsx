import { useQueryClient } from '@tanstack/react-query';
import { durationInWords } from '#lib/words.ts';
import type { DemoView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { useClock } from '../parts/clock.tsx';
import { Choice } from '../parts/field.tsx';
import { percent } from '../parts/numbers.ts';
import { Trouble } from '../parts/states.tsx';
import { absolute } from '../parts/times.ts';
import { nowQuery } from '../server/queries.ts';
import { useAct } from '../server/session.ts';

/** Seconds of the story per second of yours. */
const speeds = [1, 10, 60, 300, 900, 3600] as const;

/** The demonstration house: its chapter, its clock, and how fast it lives. */
export function DemoControls({ demo }: { readonly demo: DemoView }) {
  const client = useQueryClient();
  const { zone } = useClock();
  const steer = useAct(async (wanted: { readonly playing?: boolean; readonly speed?: number }, send) => {
    const changed = await send<DemoView>('PUT', '/api/demo', wanted);
    client.setQueryData(nowQuery.queryKey, (now) => (now === undefined ? now : { ...now, demo: changed }));
  }, []);
  const choices = speeds.some((speed) => speed === demo.speed) ? speeds : [...speeds, demo.speed];
  return (
    <section aria-label="Demonstration" className="-mt-6 mb-8 border-b border-line py-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-60 flex-1">
          <p className="text-sm text-ink-2">
            Demonstration house · {absolute(demo.houseTime, zone)}
            {demo.finished && ' · the story has ended'}
          </p>
          <p className="font-medium">{demo.chapter}</p>
          <p className="text-sm text-ink-2">{outlook(demo)}</p>
        </div>
        <div className="flex items-center gap-2">
          <Choice
            name="Speed"
            hideName
            value={demo.speed}
            onChange={(event) => steer.mutate({ speed: Number(event.target.value) })}
          >
            {choices.map((speed) => (
              <option key={speed} value={speed}>
                {speedWords(speed)}
              </option>
            ))}
          </Choice>
          <Button className="w-20" disabled={demo.finished} onClick={() => steer.mutate({ playing: !demo.playing })}>
            {demo.playing ? 'Pause' : 'Play'}
          </Button>
        </div>
      </div>
      {isWarming(demo) && <HistoryProgress share={demo.historyLoaded} />}
      {steer.error !== null && (
        <div className="mt-3">
          <Trouble error={steer.error} />
        </div>
      )}
    </section>
  );
}

const isWarming = ({ historyLoaded }: DemoView): boolean => historyLoaded < 1;

/** What comes, and when by the watcher's own clock. */
function outlook(demo: DemoView): string {
  const { nextAt, endsAt, houseTime, speed, playing, finished } = demo;
  if (finished) return 'Nothing more will happen. Stop Cordon and start it again to see it from the beginning.';
  const lasts = (ms: number) => durationInWords(Math.max(1000, ms / speed));
  if (isWarming(demo)) {
    const story = endsAt - (nextAt ?? houseTime);
    return `Then a theft with a stolen token begins: ${durationInWords(story)} of the house, ${lasts(story)} of yours at this speed.`;
  }
  if (!playing) return 'Paused: nothing happens until you press Play.';
  const end = `the story ends in about ${lasts(endsAt - houseTime)}`;
  return nextAt === undefined
    ? `At this speed ${end}.`
    : `At this speed the next chapter comes in about ${lasts(nextAt - houseTime)}, and ${end}.`;
}

const speedWords = (speed: number): string =>
  speed < 60 ? `${speed}×` : speed < 3600 ? `${speed}× · ${speed / 60} min/s` : `${speed}× · ${speed / 3600} h/s`;

function HistoryProgress({ share }: { readonly share: number }) {
  return (
    <div className="mt-3">
      <p className="text-sm text-ink-2">
        Reading the house’s history so that usual can be told from new: {percent(share)}
      </p>
      <div
        role="progressbar"
        aria-label="History read"
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        className="mt-1 h-0.5 bg-line"
      >
        <div className="h-full bg-ink" style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
