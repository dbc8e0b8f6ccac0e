import { type Random, randomOf } from '#lib/random.ts';
import { type Act, type Caller, createSerials } from '../acts.ts';
import { factorReset } from '../administration.ts';
import { bulkQuery, bulkUpdate } from '../bulk-query.ts';
import { dayMs, hourMs, minuteMs } from '../calendar.ts';
import { integrationCaller, personCaller } from '../callers.ts';
import { populations } from '../customers.ts';
import { type House, integrationOf } from '../house.ts';
import { integrationActs } from '../integration-life.ts';
import type { Integration } from '../integrations.ts';
import type { Person } from '../people.ts';
import { addressIn, officeBlock } from '../places.ts';
import { salesforceId } from '../salesforce-id.ts';
import { planShifts, type Shift } from '../shifts.ts';
import { signsIn } from '../staff-life.ts';
import type { Story } from '../story.ts';

/**
 * A week in which much moves and nothing is wrong. Long runs keep their shape and are thinned: each page call of the
 * backup stands for thirty or so.
 */

/** Serials of this story (acts.ts): above ordinary life’s and the stolen token’s. */
const stretch = 2 ** 31;

/** Everything a part of the story needs. */
interface Week {
  readonly house: House;
  /** Day 1 is a Monday, day 7 the Sunday after. */
  readonly at: (day: number, clock: string) => number;
  readonly serial: () => number;
  readonly random: Random;
}

/** `monday` is midnight UTC of the week’s first day; the quarter ends on its Wednesday. */
export function busyButBenign(house: House, monday: number): Story {
  const week: Week = {
    house,
    at: (day, clock) => monday + (day - 1) * dayMs + Date.parse(`1970-01-01T${clock}Z`),
    serial: createSerials(stretch + Math.floor(monday / dayMs)),
    random: randomOf(house.seed, 'busy but benign', monday),
  };
  const movers = officeMovers(week);
  const newAddress = addressIn(officeBlock(house.seed, 'new office'), 20);
  const moved = movedVendor(week);
  const acts = [
    ...nightlyLoads(week),
    ...weeklyBackup(week),
    ...dataLoaderSunday(week),
    ...quarterEnd(week),
    ...newTool(week),
    ...campaignLaunch(week),
    ...officeMove(week, movers, newAddress),
    ...helpDeskDay(week),
    ...moved.acts,
  ].sort((one, other) => one.time - other.time || one.serial - other.serial);
  const moverIds = new Set(movers.map(({ person }) => person.userId));
  return {
    name: 'busy-but-benign',
    acts,
    chapters: chapters(week.at),
    retell: (act) => retell(act, week, moverIds, newAddress, moved.addresses),
  };
}

/** 1. The nightly load of all customers that changed. */
function* nightlyLoads({ house, at }: Week): Generator<Act> {
  for (let hour = at(1, '00:00'); hour < at(8, '00:00'); hour += hourMs) {
    yield* integrationActs(house, integrationOf(house, 'warehouse'), hour, 1);
  }
}

const backupShare = 0.03;

/** 2. The backup pages through everything on Sunday. */
function* weeklyBackup({ house, at }: Week): Generator<Act> {
  for (let hour = at(7, '00:00'); hour < at(8, '00:00'); hour += hourMs) {
    yield* integrationActs(house, integrationOf(house, 'backup'), hour, backupShare);
  }
}

/** 3. An administrator moves 400,000 accounts to new owners with Data Loader, announced for Sunday morning. */
function* dataLoaderSunday({ house, at, serial }: Week): Generator<Act> {
  const loader = integrationOf(house, 'loader');
  const caller = integrationCaller(house, loader, at(7, '08:30'));
  yield signIn(caller, serial());
  const soql = "SELECT Id, OwnerId, Segment__c FROM Account WHERE Segment__c = 'Dormant'";
  const times = {
    createdAt: at(7, '08:32'),
    completedAt: at(7, '08:37'),
    fetchedAt: at(7, '08:39'),
    deletedAt: undefined,
  };
  yield* bulkQuery({ caller, object: 'Account', soql, rows: 400_000, pageRows: 100_000, ...times }, serial);
  for (let part = 0; part < 10; part++) {
    const createdAt = at(7, '09:05') + part * 9 * minuteMs;
    const update = { caller, object: 'Account', rows: 40_000, createdAt, completedAt: createdAt + 8 * minuteMs };
    yield* bulkUpdate(update, serial);
  }
}

/** 4. Finance closes the quarter: exports of every boutique’s revenue, two days long and into the evening. */
function* quarterEnd({ house, at, serial, random }: Week): Generator<Act> {
  const closers = house.people
    .filter(({ role, joinedAt, leftAt }) => role === 'finance' && joinedAt < leftAt)
    .slice(0, 25);
  for (const day of [3, 4]) {
    for (const person of closers) {
      const signedInAt = at(day, '07:00') + random.integer(0, 90 * 60) * 1000;
      const caller = personCaller(house, person, person.workAddress, signedInAt);
      yield { ...signIn(caller, serial()), way: 'saml' };
      for (let left = random.integer(2, 5); left > 0; left--) {
        const time = signedInAt + random.integer(10, 13 * 60) * minuteMs;
        yield quarterExport(caller, time, serial(), random);
      }
    }
  }
}

function quarterExport(caller: Caller, time: number, serial: number, random: Random): Act {
  const [name, columns] = random.pick([
    ['Revenue by boutique, quarter', ['Store__c', 'OrderNumber', 'TotalAmount', 'EffectiveDate', 'Account.Name']],
    ['Returns of the quarter', ['OrderNumber', 'TotalAmount', 'Status', 'EffectiveDate']],
    ['Deposits at quarter end', ['Account.Name', 'Deposit__c', 'Owner.Name']],
  ] as const);
  const reportId = salesforceId('00O', 5_000_000 + columns.length);
  const rows = random.integer(2_000, 19_000);
  return { kind: 'report-export', time, serial, caller, reportId, name, object: 'Order', columns, rows };
}

/** 5. A new analytics tool is set up on Tuesday and takes its first full load on Friday night, announced. */
function* newTool({ house, at, serial }: Week): Generator<Act> {
  const tool = newToolOf(house);
  const administrator = house.people.find(({ userId }) => userId === integrationOf(house, 'loader').user.userId)!;
  const admin = personCaller(house, administrator, administrator.workAddress, at(2, '08:02'));
  const change = (clock: string, action: string, section: string, display: string): Act => ({
    kind: 'setup-change',
    time: at(2, clock),
    serial: serial(),
    caller: admin,
    action,
    section,
    display,
  });
  yield change('09:12', 'createduser', 'Manage Users', `Created new user ${tool.app.name} Integration`);
  yield change(
    '09:14',
    'PermSetAssign',
    'Manage Users',
    `Permission set Analytics Readers: assigned to user ${tool.user.email}`,
  );
  yield change('09:31', 'insertConnectedApplication', 'Connected Apps', `Created connected app ${tool.app.name}`);
  const caller = integrationCaller(house, tool, at(5, '20:00'));
  yield signIn(caller, serial());
  const loads = [
    [
      'Account',
      populations.Account,
      'SELECT Id, BillingCountry, Segment__c, CreatedDate FROM Account',
      '20:01',
      '20:40',
    ],
    [
      'Contact',
      populations.Contact,
      'SELECT Id, AccountId, MailingCountry, CreatedDate FROM Contact',
      '20:45',
      '21:25',
    ],
    [
      'Order',
      populations.Order,
      'SELECT Id, AccountId, EffectiveDate, TotalAmount, Store__c FROM Order',
      '21:30',
      '23:20',
    ],
  ] as const;
  for (const [object, rows, soql, from, to] of loads) {
    const completedAt = at(5, to) - 10 * minuteMs;
    const times = { createdAt: at(5, from), completedAt, fetchedAt: at(5, to), deletedAt: undefined };
    yield* bulkQuery({ caller, object, soql, rows, pageRows: 500_000, ...times }, serial);
  }
}

/** The new tool is none of the sixty. */
function newToolOf(house: House): Integration {
  const pattern = integrationOf(house, 'insight');
  return {
    ...pattern,
    index: 62,
    kind: 'new-tool',
    app: { id: salesforceId('0H4', 7_900), name: 'Perspective Analytics' },
    user: { userId: salesforceId('005', 1_900), email: 'perspective.integration@maison-orfevre.example' },
    addresses: ['34.77.120.14'],
    userAgent: 'Perspective/1.0 (Java/21)',
    jobs: [],
  };
}

const launch = { day: 4, from: '06:00', to: '18:00' } as const;

/** 6. A campaign starts on Thursday, and the marketing sync reads three times as much. */
function* campaignLaunch({ house, at }: Week): Generator<Act> {
  for (let hour = at(launch.day, launch.from); hour < at(launch.day, launch.to); hour += hourMs) {
    yield* integrationActs(house, integrationOf(house, 'marketing'), hour, 3);
  }
}

/** The first 300 of those who come to the Paris office on Monday. */
function officeMovers({ house, at }: Week): readonly Shift[] {
  const present = planShifts(house, at(1, '00:00'), 1);
  return present
    .filter(({ person, where }) => person.shop === undefined && person.iso === 'FR' && where === 'work')
    .slice(0, 300);
}

/** 7. They sign in from the new building, whose network nobody has seen. */
function* officeMove({ house, serial, random }: Week, movers: readonly Shift[], address: string): Generator<Act> {
  for (const shift of movers) yield* signsIn(house, { ...shift, address }, serial, random);
}

/** 8. After an outage of the second factor on Tuesday the help desk resets forty, each for its true owner. */
function* helpDeskDay({ house, at, serial, random }: Week): Generator<Act> {
  const shifts = planShifts(house, at(2, '00:00'), 1);
  const desk = shifts.filter(({ person }) => person.role === 'help-desk');
  const locked = shifts.filter(({ person, where }) => person.usesCrm && where === 'work');
  for (let left = 40; left > 0; left--) {
    yield* factorReset(house, random.pick(desk), random.pick(locked), serial, random);
  }
}

/** 9. A vendor moves its integration from Ireland to Frankfurt on Wednesday morning and has only written an e-mail. */
function movedVendor({ house, at }: Week): { readonly acts: readonly Act[]; readonly addresses: readonly string[] } {
  const addresses = ['18.196.40.11', '18.196.40.12'];
  const vendor = { ...integrationOf(house, 'messaging'), addresses, iso: 'DE' };
  const acts: Act[] = [];
  for (let hour = at(3, '06:00'); hour < at(3, '12:00'); hour += hourMs) {
    acts.push(...integrationActs(house, vendor, hour, 0.5));
  }
  return { acts, addresses };
}

const signIn = (caller: Caller, serial: number): Act & { readonly kind: 'sign-in' } => ({
  kind: 'sign-in',
  time: caller.signedInAt,
  serial,
  caller,
  way: 'oauth',
  succeeded: true,
});

/** Ordinary acts that this week tells itself do not happen twice; what has moved stays where it moved to. */
function retell(
  act: Act,
  { house, at }: Week,
  movers: ReadonlySet<Person['userId']>,
  newAddress: string,
  vendorAddresses: readonly string[],
): Act | undefined {
  const { time, caller } = act;
  if (time < at(1, '00:00') || time >= at(8, '00:00')) return act;
  const isOf = (kind: string): boolean => caller.app?.id === integrationOf(house, kind).app.id;
  if (isOf('warehouse')) return undefined;
  if (isOf('backup')) return time >= at(7, '00:00') ? undefined : act;
  if (isOf('marketing')) {
    return time >= at(launch.day, launch.from) && time < at(launch.day, launch.to) ? undefined : act;
  }
  if (isOf('messaging') && time >= at(3, '06:00')) {
    if (time < at(3, '12:00')) return undefined;
    return { ...act, caller: { ...caller, address: vendorAddresses[act.serial % 2]!, iso: 'DE' } };
  }
  if (!movers.has(caller.userId)) return act;
  const inNewOffice = { ...act, caller: { ...caller, address: newAddress } };
  if (time < at(2, '00:00')) return act.kind === 'okta' || act.kind === 'sign-in' ? undefined : inNewOffice;
  const person = house.people.find(({ userId }) => userId === caller.userId);
  return person?.workAddress === caller.address ? inNewOffice : act;
}

const chapters = (at: Week['at']): Story['chapters'] => [
  { at: at(1, '00:00'), text: '300 people have moved to a new office.' },
  {
    at: at(2, '00:00'),
    text: 'The help desk resets forty second factors after an outage; a new tool is being set up.',
  },
  { at: at(3, '00:00'), text: 'Finance closes the quarter; a vendor’s integration has moved to another cloud region.' },
  { at: at(4, '06:00'), text: 'A campaign starts: marketing reads three times as much.' },
  { at: at(5, '20:00'), text: 'The new tool takes its first full load.' },
  { at: at(7, '00:30'), text: 'The backup pages through everything.' },
  { at: at(7, '08:30'), text: 'An administrator moves 400,000 accounts with Data Loader.' },
];
