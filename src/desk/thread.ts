import { type Activity, readsRecords } from '#model/activity.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { EventRow, ThreadMark } from '#model/wire.ts';

export const mostMarks = 300;

type Lane = ThreadMark['lane'];

const laneByActivity: Partial<Record<Activity, Lane>> = {
  login: 'sign-in',
  logout: 'sign-in',
  'login-as': 'sign-in',
  'sign-on': 'sign-in',
  'factor-challenge': 'sign-in',
  'factor-reset': 'sign-in',
  'factor-enrol': 'sign-in',
  'password-reset': 'sign-in',
  'account-change': 'grant',
  'app-change': 'grant',
  'app-create': 'grant',
  'permission-change': 'grant',
  'setting-change': 'grant',
  'list-objects': 'reconnaissance',
  'describe-object': 'reconnaissance',
  'read-limits': 'reconnaissance',
  count: 'reconnaissance',
};

/** Where what the gateway noticed belongs. */
const laneByNotice: Readonly<Record<string, Lane>> = {
  budget: 'reading',
  'foreign-opening': 'reading',
  'stolen-token': 'sign-in',
  'reused-refresh-token': 'sign-in',
};

const laneOfEvidence = ({ source, slots }: Evidence): Lane =>
  (source === 'cordon-gateway' ? laneByNotice[slots['metadata.event_code'] ?? ''] : undefined) ??
  laneOf(slots.activity_name) ??
  'grant';

const laneOf = (activity: string): Lane | undefined =>
  laneByActivity[activity as Activity] ?? (readsRecords.has(activity as Activity) ? 'reading' : undefined);

interface Point {
  readonly key: string;
  readonly time: number;
  readonly activity: string;
  readonly objects: readonly string[];
  readonly address: string | undefined;
  readonly rows: number | undefined;
}

interface Stretch {
  readonly lane: Lane;
  readonly what: string;
  readonly from: number;
  to: number;
  count: number;
  rows: number;
}

const pointOfEvidence = (evidence: Evidence): Point => ({
  key: evidence.key,
  time: evidence.time,
  activity: evidence.slots.activity_name,
  objects: evidence.slots['resources.type'],
  address: evidence.slots['src_endpoint.ip'],
  rows: evidence.slots['unmapped.rows'],
});

const pointOfRow = ({ key, time, activity, objects, address, rows }: EventRow): Point => ({
  key,
  time,
  activity,
  objects,
  address,
  rows,
});

const words = (activity: string): string => activity.replaceAll('-', ' ');

function whatOf({ activity, objects, address }: Point): string {
  const what = objects.length === 0 ? words(activity) : `${words(activity)} ${objects.join(', ')}`;
  return address === undefined ? what : `${what} from ${address}`;
}

/** Joins acts of one kind that follow within `gapMs` of each other into one stretch. */
function join(points: readonly Point[], gapMs: number): readonly Stretch[] {
  const last = new Map<string, Stretch>();
  const stretches: Stretch[] = [];
  for (const point of points) {
    const lane = laneOf(point.activity);
    if (lane === undefined) continue;
    const what = whatOf(point);
    const before = last.get(`${lane} ${what}`);
    if (before !== undefined && point.time - before.to <= gapMs) {
      before.to = point.time;
      before.count += 1;
      before.rows += point.rows ?? 0;
      continue;
    }
    const stretch = { lane, what, from: point.time, to: point.time, count: 1, rows: point.rows ?? 0 };
    last.set(`${lane} ${what}`, stretch);
    stretches.push(stretch);
  }
  return stretches;
}

/** When no gap makes them few enough (hundreds of different acts), a lane's stretches lose their names. */
const unname = (points: readonly Point[]): readonly Point[] =>
  points.map((point) => ({ ...point, objects: [], address: undefined }));

function joinUntilFew(points: readonly Point[], most: number): readonly Stretch[] {
  const spanMs = (points.at(-1)?.time ?? 0) - (points[0]?.time ?? 0);
  for (let gapMs = Math.max(1_000, spanMs / 200); gapMs < spanMs * 2 + 2_000; gapMs *= 2) {
    const stretches = join(points, gapMs);
    if (stretches.length <= most) return stretches;
  }
  return join(unname(points), Number.POSITIVE_INFINITY);
}

const markOfStretch = ({ lane, what, from, to, count, rows }: Stretch): ThreadMark => ({
  lane,
  from,
  to,
  label: count === 1 ? what : `${what} (${count} times)`,
  ...(lane === 'reading' && rows > 0 ? { rows } : {}),
});

function markOfFinding(finding: Finding): ThreadMark {
  const tally = new Map<Lane, number>();
  for (const evidence of finding.evidence) {
    const lane = laneOfEvidence(evidence);
    tally.set(lane, (tally.get(lane) ?? 0) + 1);
  }
  const [lane] = [...tally].sort((one, other) => other[1] - one[1])[0] ?? ['grant' as const];
  return {
    lane,
    from: finding.firstAt,
    to: finding.lastAt,
    label: finding.rule.title,
    findingKey: finding.key,
    level: finding.level,
  };
}

/**
 * The picture of an incident from left to right: its findings as knots and, from its evidence and the grants' own
 * stored events, what was done in stretches. At most 300 marks, oldest first.
 */
export function drawThread(incident: Incident, rows: readonly EventRow[]): readonly ThreadMark[] {
  const knots = incident.findings.slice(0, mostMarks / 2).map(markOfFinding);
  const points = new Map<string, Point>();
  for (const finding of incident.findings) {
    for (const evidence of finding.evidence) points.set(evidence.key, pointOfEvidence(evidence));
  }
  for (const row of rows) points.set(row.key, pointOfRow(row));
  const ordered = [...points.values()].sort((one, other) => one.time - other.time);
  const stretches = joinUntilFew(ordered, mostMarks - knots.length).map(markOfStretch);
  return [...knots, ...stretches].sort((one, other) => one.from - other.from);
}
