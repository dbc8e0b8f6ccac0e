import { hashOf, type Random, randomOf } from '#lib/random.ts';
import { type Act, type Caller, createSerials, type OktaAct, type OktaTarget } from './acts.ts';
import { busyness, dayMs, hourMs } from './calendar.ts';
import { personCaller, tabletCaller } from './callers.ts';
import { keyPrefixes, populations } from './customers.ts';
import type { House } from './house.ts';
import type { Person, Role } from './people.ts';
import { salesforceId } from './salesforce-id.ts';
import type { Shift } from './shifts.ts';

/** Acts of one person in one hour of work. */
interface Habits {
  readonly pages: number;
  readonly lists: number;
  readonly reports: number;
  readonly exports: number;
  /** Calls of the tablet app. */
  readonly tablet: number;
  readonly opens: readonly string[];
}

const none: Habits = { pages: 0, lists: 0, reports: 0, exports: 0, tablet: 0, opens: ['User'] };

const habits: Readonly<Record<Role, Habits>> = {
  'crm-admin': { pages: 7, lists: 1, reports: 0.4, exports: 0.02, tablet: 0, opens: ['User', 'Report', 'Case'] },
  'help-desk': { pages: 2, lists: 0.4, reports: 0, exports: 0, tablet: 0, opens: ['User'] },
  finance: { pages: 1.5, lists: 0.3, reports: 0.8, exports: 0.12, tablet: 0, opens: ['Order', 'Account'] },
  marketing: { pages: 5, lists: 0.8, reports: 0.6, exports: 0.08, tablet: 0, opens: ['Campaign', 'Contact'] },
  'care-agent': { pages: 22, lists: 2.4, reports: 0.02, exports: 0, tablet: 0, opens: ['Case', 'Contact', 'Order'] },
  'boutique-manager': { pages: 8, lists: 0.9, reports: 0.35, exports: 0.015, tablet: 1.4, opens: ['Account', 'Order'] },
  'client-adviser': {
    pages: 9,
    lists: 0.9,
    reports: 0.06,
    exports: 0.001,
    tablet: 4.5,
    opens: ['Account', 'Contact'],
  },
  staff: none,
};

/** Other services behind the same sign-in that staff without the CRM use. */
const otherServices = ['Workday', 'Google Workspace', 'Planning', 'Formation'] as const;

/** What one person does in the hour from `hour` on, within their shift, in no order. `busy` multiplies how much. */
export function* staffHour(house: House, shift: Shift, hour: number, busy: number): Generator<Act> {
  const from = Math.max(hour, shift.start);
  const to = Math.min(hour + hourMs, shift.end);
  const { person } = shift;
  const random = randomOf(house.seed, 'staff hour', person.index, hour);
  const serial = createSerials(Math.floor(hour / hourMs), (person.index % 9000) * 116);
  if (shift.start >= hour) yield* signsIn(house, shift, serial, random);
  const caller = personCaller(house, person, shift.address, shift.start);
  if (shift.end < hour + hourMs && person.usesCrm && random.chance(0.4)) {
    yield { kind: 'sign-out', time: shift.end, serial: serial(), caller };
  }
  // The first five minutes go into signing in.
  const begin = Math.max(from, shift.start + 300_000);
  if (begin >= to) return;
  const part = ((to - begin) / hourMs) * busy * Math.sqrt(busyness(Math.floor(hour / dayMs) * dayMs));
  const time = (): number => begin + Math.floor(random.fraction() * (to - begin));
  yield* browses(house, person, caller, habits[person.role], part, time, serial, random);
  const taps = random.count(habits[person.role].tablet * part);
  if (taps === 0) return;
  const tablet = tabletCaller(house, person, person.workAddress, shift.start);
  for (let index = 0; index < taps; index++) yield tap(house, tablet, time(), serial(), random);
}

/** Sign-in at Okta with a second factor, then single sign-on into the services of the day. */
export function* signsIn(house: House, shift: Shift, serial: () => number, random: Random): Generator<Act> {
  const { person, start } = shift;
  const caller = personCaller(house, person, shift.address, start);
  const okta = (delay: number, eventType: string, message: string, targets: readonly OktaTarget[] = []): OktaAct =>
    oktaAct(person, caller, start + delay, serial(), eventType, message, targets);
  if (random.chance(0.04)) {
    const failed = okta(0, 'user.session.start', 'User login to Okta');
    yield { ...failed, succeeded: false, reason: 'INVALID_CREDENTIALS' };
  }
  yield okta(12_000, 'user.session.start', 'User login to Okta');
  yield okta(12_400, 'policy.evaluate_sign_on', 'Evaluation of sign-on policy');
  yield okta(17_000, 'user.authentication.auth_via_mfa', 'Authentication of user via MFA');
  if (!person.usesCrm) {
    yield okta(21_000, 'user.authentication.sso', 'User single sign on to app', [
      appTarget(random.pick(otherServices)),
    ]);
    return;
  }
  yield okta(21_000, 'user.authentication.sso', 'User single sign on to app', [appTarget('Salesforce')]);
  yield { kind: 'sign-in', time: start + 21_600, serial: serial(), caller, way: 'saml', succeeded: true };
  if (habits[person.role].tablet === 0) return;
  const tablet = tabletCaller(house, person, person.workAddress, start);
  yield { kind: 'sign-in', time: start + 160_000, serial: serial(), caller: tablet, way: 'oauth', succeeded: true };
}

const appTarget = (name: string): OktaTarget => ({
  id: `0oa${hashOf('okta app', name).toString(36).padStart(7, '0')}Qz5d7`,
  type: 'AppInstance',
  alternateId: name,
  displayName: name,
});

export const userTarget = (person: Person): OktaTarget => ({
  id: person.oktaId,
  type: 'User',
  alternateId: person.email,
  displayName: person.name,
});

export function oktaAct(
  person: Person,
  caller: Caller,
  time: number,
  serial: number,
  eventType: string,
  message: string,
  targets: readonly OktaTarget[] = [],
): OktaAct {
  const { oktaId, name } = person;
  return {
    kind: 'okta',
    time,
    serial,
    caller,
    eventType,
    message,
    oktaId,
    name,
    succeeded: true,
    reason: undefined,
    targets,
  };
}

function* browses(
  house: House,
  person: Person,
  caller: Caller,
  habit: Habits,
  part: number,
  time: () => number,
  serial: () => number,
  random: Random,
): Generator<Act> {
  const repeat = (mean: number): number => Math.min(40, random.count(mean * part));
  for (let left = repeat(habit.pages); left > 0; left--) {
    const object = random.pick(habit.opens);
    const recordId = salesforceId(keyPrefixes[object]!, random.integer(0, populations.Case));
    yield { kind: 'page-view', time: time(), serial: serial(), caller, object, recordId };
  }
  for (let left = repeat(habit.lists); left > 0; left--) {
    yield listView(house, person, caller, time(), serial(), random);
  }
  for (let left = repeat(habit.reports); left > 0; left--) {
    yield reportRead(house, person, caller, 'report-run', time(), serial(), random);
  }
  for (let left = repeat(habit.exports); left > 0; left--) {
    yield reportRead(house, person, caller, 'report-export', time(), serial(), random);
  }
}

function listView(house: House, person: Person, caller: Caller, time: number, serial: number, random: Random): Act {
  const object = random.pick(habits[person.role].opens);
  const number = random.integer(0, 3);
  return {
    kind: 'list-view',
    time,
    serial,
    caller,
    object,
    listViewId: salesforceId('00B', hashOf(house.seed, object, number) % 90_000),
    name: ['My clients', 'Recently viewed', 'Open today', 'This week'][number]!,
    columns: ['Name', 'CreatedDate', 'Owner.Alias'],
    rows: random.integer(5, 200),
  };
}

interface ReportKind {
  readonly name: string;
  readonly object: string;
  readonly columns: readonly string[];
  readonly rows: readonly [number, number];
}

const reports: Readonly<Partial<Record<Role, readonly ReportKind[]>>> = {
  finance: [
    {
      name: 'Revenue by boutique',
      object: 'Order',
      columns: ['Store__c', 'TotalAmount', 'EffectiveDate'],
      rows: [400, 6000],
    },
    {
      name: 'Refunds and returns',
      object: 'Order',
      columns: ['OrderNumber', 'TotalAmount', 'Status'],
      rows: [100, 1500],
    },
    { name: 'Deposits outstanding', object: 'Account', columns: ['Name', 'Deposit__c', 'OwnerId'], rows: [60, 500] },
  ],
  marketing: [
    { name: 'Campaign answers', object: 'Campaign', columns: ['Name', 'Status', 'NumberOfResponses'], rows: [50, 900] },
    {
      name: 'Opt-ins by country',
      object: 'Contact',
      columns: ['MailingCountry', 'HasOptedOutOfEmail'],
      rows: [200, 3000],
    },
    { name: 'Event guests', object: 'Contact', columns: ['Name', 'Email', 'Account.Name'], rows: [40, 400] },
  ],
};
const shopReports: readonly ReportKind[] = [
  { name: 'Clients of my boutique', object: 'Account', columns: ['Name', 'LastVisit__c', 'OwnerId'], rows: [60, 420] },
  { name: 'Follow-ups due', object: 'Task', columns: ['Subject', 'Who.Name', 'ActivityDate'], rows: [5, 90] },
  {
    name: 'Sales of the week',
    object: 'Order',
    columns: ['OrderNumber', 'TotalAmount', 'EffectiveDate'],
    rows: [20, 300],
  },
];

/** A report that this person's work asks for, run or exported. */
function reportRead(
  house: House,
  person: Person,
  caller: Caller,
  kind: 'report-run' | 'report-export',
  time: number,
  serial: number,
  random: Random,
): Act {
  const report = random.pick(reports[person.role] ?? shopReports);
  const { name, object, columns } = report;
  const reportId = salesforceId('00O', hashOf(house.seed, name, person.shop?.index ?? -1) % 4_000_000);
  return { kind, time, serial, caller, reportId, name, object, columns, rows: random.integer(...report.rows) };
}

/** One tap on the tablet: the client in front of the adviser is looked up. */
function tap(house: House, caller: Caller, time: number, serial: number, random: Random): Act {
  const contact = house.contact(random.integer(0, populations.Contact - 1));
  const soql = `SELECT Id, Name, Email, Phone, Account.LastVisit__c FROM Contact WHERE Id = '${contact.id}'`;
  return {
    kind: 'rest-call',
    time,
    serial,
    caller,
    method: 'GET',
    path: '/query',
    object: 'Contact',
    rows: 1,
    fields: 5,
    bytes: 620,
    soql,
  };
}
