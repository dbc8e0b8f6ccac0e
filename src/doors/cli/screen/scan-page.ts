import type { ScanReport } from '#intake/scan-logs.ts';
import { revealed } from '#lib/reveal.ts';
import { boundsInWords, counted, durationInWords, inWords, listInWords, momentInWords } from '#lib/words.ts';
import { type Evidence, type Finding, isAtLeast, type Level } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import { type Style, wrap } from './style.ts';

const listedFiles = 200;

/** The page that a tired analyst reads: incidents first and whole, then what was merely noticed, then what was read. */
export function scanPage(report: ScanReport, style: Style): string {
  const blocks = [
    headline(report, style),
    ...report.incidents.map((incident) => incidentBlock(incident, style)),
    asidesBlock(report, style),
    readingBlock(report, style),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function headline(report: ScanReport, style: Style): string {
  const count = report.incidents.length;
  const span =
    report.from === undefined || report.to === undefined ? '' : ` over ${durationInWords(report.to - report.from)}`;
  const read = `Read ${counted(report.events, 'event')}${span}.`;
  if (count === 0) return `${style.good('No incident.')} ${read}`;
  return `${style.urgent(`${counted(count, 'incident')} ${count === 1 ? 'needs' : 'need'} you.`)} ${read}`;
}

export function incidentBlock(incident: Incident, style: Style): string {
  const rule = style.faint('─'.repeat(style.width));
  const known = incident.openedByEventAt - incident.firstAt;
  const when = [
    `first act ${momentInWords(incident.firstAt)}`,
    `recognised ${momentInWords(incident.openedByEventAt)}${known > 1000 ? `, ${durationInWords(known)} later` : ''}`,
    `last act ${momentInWords(incident.lastAt)} (UTC)`,
  ];
  return [
    rule,
    `${style.level(incident.level)}  ${style.bold(revealed(incident.title))}`,
    style.faint(`${incident.id} · ${when[0]}`),
    style.faint(when.slice(1).join(' · ')),
    '',
    section('What happened', wrap(revealedLines(incident.summary), style.width, 2), style),
    section('By which grant', incident.grants.map((grant) => `  ${grantInWords(grant)}`).join('\n'), style),
    section('How many rows left', `  ${rowsInWords(incident.rows)}`, style),
    section('What to do now', numbered(incident.advice, style), style),
    section(
      'Why',
      ofEachRule(incident.findings)
        .map((findings) => ruleBlock(findings, style))
        .join('\n\n'),
      style,
    ),
  ].join('\n');
}

/** What the logs count; some count calls and not rows. */
function rowsInWords({ atLeast, atMost }: Incident['rows']): string {
  if (atMost !== undefined) return `${boundsInWords({ atLeast, atMost })} rows, as these logs count`;
  return atLeast === 0
    ? 'unknown: these logs do not say how many'
    : `at least ${counted(atLeast, 'row')}; these logs set no upper bound`;
}

const section = (title: string, body: string, style: Style): string => `${style.bold(title)}\n${body}\n`;

const numbered = (items: readonly string[], style: Style): string =>
  items.map((item, at) => `  ${at + 1}. ${wrap(revealed(item), style.width, 5).trimStart()}`).join('\n');

function grantInWords(grant: Incident['grants'][number]): string {
  const app = grant.appName ?? grant.appUid;
  const machine = grant.address === undefined ? undefined : `the machine at ${grant.address}`;
  const user = grant.userName ?? grant.userUid ?? machine ?? 'an unknown user';
  const ids = [grant.appName && grant.appUid, grant.userName && grant.userUid].filter((id) => id);
  const name = app === undefined || app === user ? user : `${app}, on behalf of ${user}`;
  return revealed(ids.length > 0 ? `${name} (${ids.join(', ')})` : name);
}

/** Findings of one rule belong together; rules in the order in which they first spoke. */
const ofEachRule = (findings: readonly Finding[]): readonly (readonly Finding[])[] => [
  ...Map.groupBy(
    [...findings].sort((a, b) => a.firstAt - b.firstAt),
    ({ rule }) => rule.name,
  ).values(),
];

const worstOf = (findings: readonly Finding[]): Level =>
  findings.reduce<Level>((worst, { level }) => (isAtLeast(level, worst) ? level : worst), 'informational');

/** What a rule saw first, and its first and last line of evidence. */
function ruleBlock(findings: readonly Finding[], style: Style): string {
  const { rule, explanation } = findings[0]!;
  const lines = distinct(findings.flatMap(({ evidence }) => evidence)).sort((a, b) => a.time - b.time);
  const shown = lines.length > 2 ? [lines[0]!, lines.at(-1)!] : lines;
  const more = Math.max(lines.length, ...findings.map(({ evidenceCount }) => evidenceCount)) - shown.length;
  return [
    `  ${style.bold(revealed(rule.title))}  ${style.level(worstOf(findings))}${style.faint(`  ${rule.techniques.join(' ')}`)}`,
    wrap(revealedLines(explanation), style.width, 4),
    ...shown.map((evidence) => `    ${style.faint(evidenceLine(evidence, style.width - 4))}`),
    ...(more > 0 ? [`    ${style.faint(`${counted(more, 'line')} between`)}`] : []),
  ].join('\n');
}

const distinct = (lines: readonly Evidence[]): Evidence[] => [
  ...new Map(lines.map((line) => [line.key, line])).values(),
];

function evidenceLine({ time, origin, slots }: Evidence, width: number): string {
  const what =
    slots['query_info.query_string'] ??
    slots['http_request.url.path'] ??
    slots['metadata.event_code'] ??
    slots.activity_name;
  const rows = slots['unmapped.rows'];
  const place = `${origin.file.split('/').at(-1)}@${origin.offset}`;
  const line = `${momentInWords(time)}  ${revealed(what)}${rows === undefined ? '' : `  (${inWords(rows)} rows)`}`;
  const room = Math.max(20, width - place.length - 2);
  return `${line.length > room ? `${line.slice(0, room - 1)}…` : line.padEnd(room)}  ${revealed(place)}`;
}

function asidesBlock({ asides, asideCount }: ScanReport, style: Style): string {
  if (asides.length === 0) return '';
  const lines = ofEachRule(asides).map((findings) => {
    const names = new Set(
      findings.map(({ grant }) => grant.appName ?? grant.userName ?? grant.userUid ?? grant.address ?? 'unknown'),
    );
    const title = revealed(findings[0]!.rule.title);
    return `  ${style.level(worstOf(findings))}  ${title}: ${revealed(listInWords([...names], 3))}`;
  });
  const rest = asideCount - asides.length;
  if (rest > 0) lines.push(style.faint(`  and ${counted(rest, 'more finding')}`));
  return [style.bold('Noticed; opens no incident by itself'), ...lines].join('\n');
}

function readingBlock(report: ScanReport, style: Style): string {
  const lines = report.sources.map(
    ({ title, files, events }) => `  ${title}: ${counted(events, 'event')} from ${counted(files, 'file')}`,
  );
  if (report.duplicates > 0) lines.push(`  ${counted(report.duplicates, 'duplicate')} left out`);
  if (report.quarantinedCount > 0) {
    lines.push(
      `  ${style.waiting(`${counted(report.quarantinedCount, 'record')} could not be read and ${report.quarantinedCount === 1 ? 'was' : 'were'} set aside:`)}`,
    );
    for (const { file, offset, reason } of report.quarantined.slice(0, 5)) {
      lines.push(`    ${revealed(file)} at byte ${offset}: ${revealed(reason)}`);
    }
  }
  for (const { file, looksLike } of report.unread.slice(0, listedFiles)) {
    lines.push(`  ${revealed(file)} looks like ${revealed(looksLike)}; no source reads it yet`);
  }
  if (report.unread.length > listedFiles)
    lines.push(`  and ${counted(report.unread.length - listedFiles, 'more file')} that no source reads yet`);
  for (const caution of report.cautions) lines.push(wrap(`${style.waiting('Note:')} ${caution}`, style.width, 2));
  return [style.bold('What was read'), ...lines].join('\n');
}

/** Attackers write into explanations too; only line breaks may pass. */
const revealedLines = (text: string): string => text.split('\n').map(revealed).join('\n');
