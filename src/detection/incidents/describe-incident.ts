import { boundsInWords, counted, durationInWords, inWords, listInWords, momentInWords } from '#lib/words.ts';
import { type Bounds, type Finding, type Grant, isAtLeast, type Level, levels } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { Topic } from '../rules/finding-rule.ts';
import type { Campaign } from './campaign.ts';
import { nameGrant } from './explain.ts';

/** From this many rows on, a theft that runs is critical. */
const criticalRows = 10_000;

/** Where the suspected acts came from. */
export interface Places {
  readonly addresses: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  /** False when all of them are the grants' own. */
  readonly areStrange: boolean;
}

export interface IncidentParts {
  readonly id: string;
  readonly campaign: Campaign;
  readonly places: Places;
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
  const rows = campaign.knowRows(addBounds(parts.bounds));
  const joined = campaign.joinedInto?.opened?.id;
  return {
    id: parts.id,
    title: titleOf(grants[0] ?? opened.by.grant, grants.length, campaign.topics, rows),
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
      whatHappened(grants, campaign, parts.places),
      signs(findings),
      whatLeft(rows, grants),
      whatIsUsual(
        parts.histories.filter((history) => grants.some(({ key }) => key === history.grant.key)),
        campaign.firstAt,
        parts.places,
      ),
    ]
      .filter((paragraph) => paragraph !== '')
      .join('\n\n'),
    advice: adviceFor(parts.id, grants, findings),
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

/** What each topic says of a grant, in the order in which a theft goes. */
const deeds: Readonly<Record<Topic, string>> = {
  'sign-in': 'signed in strangely',
  network: 'came from where it does not belong',
  indicator: 'bore the marks of a known theft',
  reconnaissance: 'looked around',
  secrets: 'searched for secrets',
  token: 'had its credentials shown by somebody else',
  reading: 'read what it does not usually read',
  openings: "asked for another's results",
  transfer: 'sent data where none went before',
  budget: 'was stopped at its budget',
  covering: 'covered its tracks',
  other: 'did what does not fit',
};
const byHarm: readonly Topic[] = [
  'reading',
  'transfer',
  'budget',
  'token',
  'secrets',
  'openings',
  'reconnaissance',
  'covering',
  'indicator',
  'network',
  'sign-in',
];

/** From this many rows on, the number itself is the news. */
const manyRows = 1000;

/** Who, and the two worst things it did, as they followed each other. */
function titleOf(grant: Grant, grants: number, topics: ReadonlySet<Topic>, rows: Bounds): string {
  const readMuch = rows.atLeast >= manyRows;
  const worst = byHarm.filter((topic) => topics.has(topic) || (topic === 'reading' && readMuch)).slice(0, 2);
  const said = Object.entries(deeds)
    .filter(([topic]) => worst.some((each) => each === topic))
    .map(([topic, deed]) => (topic === 'reading' && readMuch ? `read ${rowsInTitle(rows)}` : deed));
  const more = grants > 1 ? ` and ${counted(grants - 1, 'more grant')}` : '';
  return `${nameGrant(grant)}${more} ${listInWords(said.length > 0 ? said : [deeds.other])}`;
}

const rowsInTitle = ({ atLeast, atMost }: Bounds): string =>
  `${atMost === atLeast ? '' : 'at least '}${counted(atLeast, 'row')}`;

function whatHappened(grants: readonly Grant[], { findings, topics }: Campaign, { addresses }: Places): string {
  const first = Math.min(...findings.map((finding) => finding.firstAt));
  const last = Math.max(...findings.map((finding) => finding.lastAt));
  const from = addresses.size === 0 ? '' : `; seen from ${listInWords([...addresses])}`;
  const names = listInWords(grants.map(nameGrant));
  const when =
    last - first < 1000
      ? `At ${momentInWords(first)} UTC`
      : `Between ${momentInWords(first)} and ${momentInWords(last)} UTC, over ${durationInWords(last - first)},`;
  const done = Object.entries(deeds).filter(([topic]) => [...topics].some((each) => each === topic));
  const did = done.length === 0 ? deeds.other : listInWords(done.map(([, deed]) => deed));
  return `${when} ${names} ${did}${from}.`;
}

const weightOf = (finding: Finding): number => (finding.history === 'none' ? -1 : levels.indexOf(finding.level));

/** What the rules call it, weightiest first. */
function signs(findings: readonly Finding[]): string {
  const telling = [...findings]
    .filter(({ level }) => isAtLeast(level, 'low'))
    .sort((a, b) => weightOf(b) - weightOf(a));
  const titles = new Set(telling.map(({ rule }) => rule.title));
  return titles.size === 0 ? '' : `Signs: ${[...titles].slice(0, 8).join('; ')}.`;
}

const noRows = 'No rows are known to have been read.';
const rowsRead = 'Rows read meanwhile: ';
const isOfRows = (paragraph: string): boolean => paragraph === noRows || paragraph.startsWith(rowsRead);

/** The same incident where reads may be in no log: neither its rows nor its words name an upper bound. */
export function withoutUpperBound(incident: Incident): Incident {
  const { title, summary } = incident;
  const { atLeast } = incident.rows;
  const rows = { atLeast, atMost: undefined };
  const told = summary.split('\n\n').map((each) => (isOfRows(each) ? `${rowsRead}${boundsInWords(rows)}.` : each));
  return {
    ...incident,
    rows,
    title: title.replace(`read ${counted(atLeast, 'row')}`, `read ${rowsInTitle(rows)}`),
    summary: told.join('\n\n'),
  };
}

function whatLeft(rows: Bounds, grants: readonly Grant[]): string {
  if (grants.every(isMachine))
    return 'The network shows bytes and not records: what they were, the CRM’s own logs of that time must say.';
  if (rows.atMost === 0) return noRows;
  if (rows.atLeast === 0 && rows.atMost === undefined) return 'Rows were read; these logs do not say how many.';
  return `${rowsRead}${boundsInWords(rows)}.`;
}

/** Of whom only the address is known. */
const namesSomebody = ({ appUid, appName, userUid, userName }: Grant): boolean =>
  (appName ?? appUid ?? userName ?? userUid) !== undefined;

const isMachine = ({ address }: Grant): boolean => address !== undefined;

/** What was there before: networks that only the suspected acts brought along are left out. */
function whatIsUsual(histories: readonly GrantHistory[], firstAt: number, places: Places): string {
  return histories
    .slice(0, 3)
    .map((history) => {
      const name = nameGrant(history.grant);
      if (firstAt - history.firstAt < 60_000) return `These logs do not show ${name} before this.`;
      const objects = history.objects.length === 0 ? '' : `, reading ${listInWords(history.objects)}`;
      const own = history.networks.filter((network) => !(places.areStrange && places.networks.has(network)));
      const networks = own.length === 0 ? '' : ` from ${listInWords(own)}`;
      const rows = history.busiestHourRows === 0 ? '' : `, at most ${inWords(history.busiestHourRows)} rows an hour`;
      return (
        `Usual for ${name}, known since ${momentInWords(history.firstAt)} UTC: ${counted(history.events, 'event')}` +
        `${networks}${objects}${rows}.`
      );
    })
    .join('\n');
}

const knowsApp = ({ grant }: Finding): boolean => grant.appName !== undefined || grant.appUid !== undefined;

const isOfGateway = ({ evidence }: Finding): boolean =>
  evidence.every(({ slots }) => slots['metadata.product.name'] === 'Cordon');

/** What the weightiest rules say; of the findings of one rule the one that knows the app speaks. */
function adviceOfRules(findings: readonly Finding[]): readonly string[] {
  const byRule = new Map(
    [...findings]
      .sort((a, b) => weightOf(b) - weightOf(a) || Number(knowsApp(a)) - Number(knowsApp(b)))
      .map((each) => [each.rule.name, each.advice]),
  );
  return [...new Set([...byRule.values()].slice(0, 3))];
}

/** Those that act as themselves act at the gateway; whoever it sees as a user acts in the CRM. */
function adviceFor(incident: string, grants: readonly Grant[], findings: readonly Finding[]): readonly string[] {
  const apps = new Set(findings.filter(isOfGateway).flatMap(({ grant }) => grant.appName ?? []));
  const inCrm = grants.filter(
    ({ appName, userUid }) => appName === undefined || appName !== userUid || !apps.has(appName),
  );
  const ofRules = adviceOfRules(findings);
  if (!grants.some(namesSomebody)) return ofRules;
  if (apps.size === 0) return [...inTheCrm(inCrm, findings), ...ofRules];
  return [
    ...atGateway(incident, [...apps], ofRules.slice(0, 1)),
    ...(inCrm.length > 0 ? inTheCrm(inCrm, findings) : []),
    ...ofRules.slice(1),
  ];
}

/** Behind the gateway nobody else holds the CRM's own token: there is nothing to revoke in the CRM. */
function atGateway(incident: string, apps: readonly string[], ofRule: readonly string[]): readonly string[] {
  const command = (act: string, rest: string): string =>
    listInWords(apps.map((app) => `\`cordon gateway ${act} ${app} ${rest}\``));
  return [
    `See exactly what left, and whose: What left on this page, or \`cordon exposure --incident ${incident}\`.`,
    ...ofRule,
    `It was theirs: ${command('resume', '--why …')} lets what was suspended call again. A larger budget is a change of policy, which a second person approves.`,
    `It was not, or nobody answers: ${command('suspend', '--why …')} ends every token and running answer at once; ${command('rotate', '--overlap 0')} voids the secret.`,
  ];
}

/** The grant first: a stolen token outlives password changes and ended sessions. */
function inTheCrm(grants: readonly Grant[], findings: readonly Finding[]): readonly string[] {
  const apps = [...new Set(grants.flatMap((grant) => grant.appName ?? grant.appUid ?? []))];
  const users = [...new Set(grants.flatMap((grant) => grant.userName ?? grant.userUid ?? []))];
  const hasJobs = findings.some(({ evidence }) =>
    evidence.some(({ slots }) => slots.activity_name.startsWith('bulk-')),
  );
  if (users.length === 0) return [`Revoke all tokens of ${listInWords(apps)}, then block the app.`];
  return [
    apps.length > 0
      ? `Revoke all tokens of ${listInWords(apps)} for ${listInWords(users)} (Setup, Connected Apps OAuth Usage), then block the app.`
      : `Find which app holds a token of ${listInWords(users)} (Setup, Connected Apps OAuth Usage) and revoke what is not needed.`,
    `End all sessions of ${listInWords(users)}.`,
    `Freeze ${listInWords(users)} if reading goes on after that. A new password alone does not end an app's token.`,
    ...(hasJobs ? ['Abort bulk jobs that still run and keep their list: it shows what was asked for.'] : []),
  ];
}
