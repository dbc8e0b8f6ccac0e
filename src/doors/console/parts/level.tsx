import { type Level, levels } from '#model/finding.ts';
import type { IncidentState } from '#model/incident.ts';

/** Level as a stair of five and its word. Vermilion only while a person is needed. */
export function LevelMark({ level, needsPerson = false }: { readonly level: Level; readonly needsPerson?: boolean }) {
  const height = levels.indexOf(level);
  const ink = needsPerson && height >= 3 ? 'text-alarm' : 'text-ink';
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${ink}`}>
      <svg width="15" height="11" viewBox="0 0 15 11" aria-hidden="true">
        {levels.map((each, index) => (
          <rect
            key={each}
            x={index * 3.2}
            y={8 - index * 2}
            width="2"
            height={3 + index * 2}
            fill="currentColor"
            opacity={index <= height ? 1 : 0.25}
          />
        ))}
      </svg>
      {level}
    </span>
  );
}

const stateLook = {
  open: { ink: 'text-alarm', fill: 0 },
  contained: { ink: 'text-amber', fill: 1 },
  scoped: { ink: 'text-amber', fill: 2 },
  notified: { ink: 'text-amber', fill: 3 },
  closed: { ink: 'text-ink-2', fill: 4 },
} as const satisfies Record<IncidentState, unknown>;

const wedges = ['', 'M6 6V1.5A4.5 4.5 0 0 1 10.5 6Z', 'M6 1.5A4.5 4.5 0 0 1 6 10.5Z', 'M6 6H1.5A4.5 4.5 0 1 0 6 1.5Z'];

/** State as a dial that fills on the way to closed, and its word. */
export function StateMark({ state }: { readonly state: IncidentState }) {
  const { ink, fill } = stateLook[state];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${ink}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
        {state === 'open' && <circle cx="6" cy="6" r="2" fill="currentColor" />}
        {fill > 0 && fill < 4 && <path d={wedges[fill]} fill="currentColor" />}
        {fill === 4 && <path d="M3.6 6.2 5.3 7.9 8.5 4.4" fill="none" stroke="currentColor" strokeWidth="1.4" />}
      </svg>
      {state}
    </span>
  );
}
