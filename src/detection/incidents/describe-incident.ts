import { type Bounds, type Finding, type Grant, isAtLeast, type Level, levels } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { Campaign } from './campaign.ts';
import { formatNumber, formatSpan, formatTime, nameGrant } from './explain.ts';

/** From this many rows on, a theft that runs is critical. */
const criticalRows = 10_000;

const listed = 6;

export interface IncidentParts {
  readonly id: string;
  readonly campaign: Campaign;
  readonly grants: readonly Grant[];
  readonly histories: readonly GrantHistory[];
  readonly bounds: readonly Bounds[];
}

/** The incident in words for a tired analyst. Text may hold names that attackers chose: escape on output. */
export function describeIncident(parts: IncidentParts): Incident {
  const { campaign } = parts;
  const grants = namedGrants(parts.grants);
  const opened = campaign.opened!;
  const findings = campaign.findings;
  const rows = addBounds(parts.bounds);
  const joined = campaign.joinedInto?.opened?.id;
  return {
    id: parts.id,
    title: titleOf(grants, findings, opened.by),
    state: campaign.joinedInto === undefined ? 'open' : 'closed',
    level: levelOf(campaign, rows),
    firstAt: campaign.firstAt,
    lastAt: campaign.lastAt,
    openedAt: opened.at,
    openedByEventAt: opened.byEventAt,
    grants,
    techniques: [...new Set(findings.flatMap(({ rule }) => rule.techniques))].sort(),
    rows,
    findings,
    summary: [
      ...(joined === undefined ? [] : [`This turned out to be part of ${joined}.`]),
      whatHappened(grants, findings),
      howItShows(findings),
      whatLeft(rows),
      whatIsUsual(parts.histories, campaign.firstAt),
    ]
      .filter((paragraph) => paragraph !== '')
      .join('\n\n'),
    advice: adviceFor(grants, findings),
  };
}

/** Apps first; a user alone only where no app of that user is concerned, for then it is the same story half told. */
function namedGrants(grants: readonly Grant[]): readonly Grant[] {
  const ofApps = grants.filter((grant) => grant.appUid !== undefined || grant.appName !== undefined);
  const users = new Set(ofApps.map((grant) => grant.userUid ?? grant.userName));
  return [
    ...ofApps,
    ...grants.filter((grant) => !ofApps.includes(grant) && !users.has(grant.userUid ?? grant.userName)),
  ];
}

function addBounds(bounds: readonly Bounds[]): Bounds {
  let atLeast = 0;
  let atMost: number | undefined = 0;
  for (const each of bounds) {
    atLeast += each.atLeast;
    atMost = atMost === undefined || each.atMost === undefined ? undefined : atMost + each.atMost;
  }
  return { atLeast, atMost };
}

function levelOf(campaign: Campaign, rows: Bounds): Level {
  return rows.atLeast >= criticalRows ? 'critical' : campaign.level;
}

function titleOf(grants: readonly Grant[], findings: readonly Finding[], opening: Finding): string {
  const worst = findings.reduce((worse, each) => (weightOf(each) > weightOf(worse) ? each : worse), opening);
  const who = nameGrant(grants[0] ?? opening.grant);
  const more = grants.length > 1 ? ` and ${grants.length - 1} more` : '';
  return `${who}${more}: ${worst.rule.title.charAt(0).toLowerCase()}${worst.rule.title.slice(1)}`;
}

function whatHappened(grants: readonly Grant[], findings: readonly Finding[]): string {
  const first = Math.min(...findings.map((finding) => finding.firstAt));
  const last = Math.max(...findings.map((finding) => finding.lastAt));
  const addresses = new Set(
    findings.flatMap(({ evidence }) => evidence.flatMap(({ slots }) => slots['src_endpoint.ip'] ?? [])),
  );
  const from = addresses.size === 0 ? '' : ` from ${shorten([...addresses])}`;
  const names = shorten(grants.map(nameGrant));
  const span = last - first < 1000 ? '' : `, over ${formatSpan(last - first)}`;
  return `Between ${formatTime(first)} and ${formatTime(last)}${span}, ${names} did what does not fit${from}.`;
}

const weightOf = (finding: Finding): number => (finding.history === 'none' ? -1 : levels.indexOf(finding.level));

/** One line per rule: what it saw first, and until when it saw it again. */
function howItShows(findings: readonly Finding[]): string {
  const byRule = Map.groupBy(
    findings.filter((finding) => isAtLeast(finding.level, 'low')),
    (finding) => finding.rule.name,
  );
  return [...byRule.values()]
    .map((same) => {
      const [first] = same;
      const last = Math.max(...same.map((finding) => finding.lastAt));
      const again = same.length === 1 ? '' : ` Seen ${same.length} times until ${formatTime(last)}.`;
      return `${formatTime(first!.firstAt)}: ${first!.explanation}${again}`;
    })
    .slice(0, 12)
    .join('\n');
}

function whatLeft({ atLeast, atMost }: Bounds): string {
  if (atMost === 0) return 'No rows are known to have been read by then.';
  const most = atMost === undefined ? 'how many at most no log bounds' : `at most ${formatNumber(atMost)}`;
  return `Rows read meanwhile: at least ${formatNumber(atLeast)}, ${most}.`;
}

function whatIsUsual(histories: readonly GrantHistory[], firstAt: number): string {
  return histories
    .slice(0, 3)
    .map((history) => {
      const name = nameGrant(history.grant);
      if (firstAt - history.firstAt < 60_000) return `${name} was never seen before ${formatTime(history.firstAt)}.`;
      const objects = history.objects.length === 0 ? '' : `, reading ${shorten(history.objects)}`;
      const networks = history.networks.length === 0 ? '' : ` from ${shorten(history.networks)}`;
      return (
        `Usual for ${name}, known since ${formatTime(history.firstAt)}: ${formatNumber(history.events)} events` +
        `${networks}${objects}, at most ${formatNumber(history.busiestHourRows)} rows an hour.`
      );
    })
    .join('\n');
}

/** The grant first: a stolen token outlives password changes and ended sessions. */
function adviceFor(grants: readonly Grant[], findings: readonly Finding[]): readonly string[] {
  const apps = [...new Set(grants.flatMap((grant) => grant.appName ?? grant.appUid ?? []))];
  const users = [...new Set(grants.flatMap((grant) => grant.userName ?? grant.userUid ?? []))];
  const ofRules = [
    ...new Map([...findings].sort((a, b) => weightOf(b) - weightOf(a)).map((each) => [each.rule.name, each])),
  ]
    .slice(0, 3)
    .map(([, finding]) => finding.advice);
  const hasJobs = findings.some(({ evidence }) =>
    evidence.some(({ slots }) => slots.activity_name.startsWith('bulk-')),
  );
  return [
    apps.length > 0
      ? `Revoke all tokens of ${shorten(apps)} for ${shorten(users)} (Setup, Connected Apps OAuth Usage), then block the app.`
      : `Find which app holds a token of ${shorten(users)} (Setup, Connected Apps OAuth Usage) and revoke what is not needed.`,
    `End all sessions of ${shorten(users)}.`,
    `Freeze ${shorten(users)} if reading goes on after that. A new password alone does not end an app's token.`,
    ...(hasJobs ? ['Abort bulk jobs that still run and keep their list: it shows what was asked for.'] : []),
    ...new Set(ofRules),
  ];
}

function shorten(values: readonly string[]): string {
  if (values.length <= listed) return values.join(', ');
  return `${values.slice(0, listed).join(', ')} and ${values.length - listed} more`;
}
