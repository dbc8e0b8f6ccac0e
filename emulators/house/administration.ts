import { type Random, randomOf } from '#lib/random.ts';
import { type Act, createSerials } from './acts.ts';
import { dayMs, hourMs, minuteMs } from './calendar.ts';
import { personCaller } from './callers.ts';
import type { House } from './house.ts';
import type { Person } from './people.ts';
import { isPlayed, type Shift } from './shifts.ts';
import { oktaAct, userTarget } from './staff-life.ts';

/** Resets that the help desk does on an ordinary day of the whole house, and changes the CRM's admins make. */
const ordinary = { factorResets: 7, passwordResets: 11, setupChanges: 14 } as const;

/** Serials of administration start where no hour, no integration and no story has theirs. */
const stretchOf = (day: number): number => 2 ** 29 + Math.floor(day / dayMs);

/** What help desk and CRM admins do on the day that begins at `day` UTC, in no order. */
export function* administrationDay(house: House, shifts: readonly Shift[], day: number, share: number): Generator<Act> {
  const random = randomOf(house.seed, 'administration', day);
  const serial = createSerials(stretchOf(day));
  const desk = shifts.filter(({ person }) => person.role === 'help-desk');
  const admins = shifts.filter(({ person }) => person.role === 'crm-admin');
  if (shifts.length > 0 && desk.length > 0) {
    for (let left = random.count(ordinary.factorResets * share); left > 0; left--) {
      yield* factorReset(house, random.pick(desk), random.pick(shifts), serial, random);
    }
    for (let left = random.count(ordinary.passwordResets * share); left > 0; left--) {
      yield* passwordReset(house, random.pick(desk), random.pick(shifts), serial, random);
    }
  }
  for (const shift of admins) {
    for (let left = random.count(ordinary.setupChanges / 10); left > 0; left--) {
      yield setupChange(house, shift, random.pick(house.people), serial, random);
    }
  }
  yield* comingAndGoing(house, admins[0], day, share, serial, random);
}

const during = (shift: Shift, random: Random): number =>
  shift.start + Math.floor((shift.end - shift.start - hourMs) * random.fraction());

/** Somebody has a new phone: the desk clears the factors, they enrol again from where they work. */
export function* factorReset(
  house: House,
  desk: Shift,
  caller: Shift,
  serial: () => number,
  random: Random,
): Generator<Act> {
  const time = during(caller, random);
  const agent = personCaller(house, desk.person, desk.person.workAddress, desk.start);
  const user = personCaller(house, caller.person, caller.address, caller.start);
  const target = [userTarget(caller.person)];
  const reset = 'user.mfa.factor.reset_all';
  yield oktaAct(desk.person, agent, time, serial(), reset, 'Reset all factors for user', target);
  const enrolledAt = time + random.integer(3, 25) * minuteMs + random.integer(0, 59_000);
  const activate = 'user.mfa.factor.activate';
  yield oktaAct(caller.person, user, enrolledAt, serial(), activate, 'Activate factor for user', target);
  const back = enrolledAt + random.integer(20, 90) * 1000;
  yield oktaAct(caller.person, user, back, serial(), 'user.session.start', 'User login to Okta');
}

function* passwordReset(
  house: House,
  desk: Shift,
  caller: Shift,
  serial: () => number,
  random: Random,
): Generator<Act> {
  const time = during(caller, random);
  const agent = personCaller(house, desk.person, desk.person.workAddress, desk.start);
  const user = personCaller(house, caller.person, caller.address, caller.start);
  const target = [userTarget(caller.person)];
  const reset = 'user.account.reset_password';
  yield oktaAct(desk.person, agent, time, serial(), reset, 'Fired when the user’s Okta password is reset', target);
  const later = time + random.integer(2, 15) * minuteMs;
  const update = 'user.account.update_password';
  yield oktaAct(caller.person, user, later, serial(), update, 'User update password for Okta', target);
}

const permissionSets = ['Campaign Editors', 'Event Hosts', 'Repairs Desk', 'Private Sales'] as const;

function setupChange(house: House, shift: Shift, about: Person, serial: () => number, random: Random): Act {
  const caller = personCaller(house, shift.person, shift.address, shift.start);
  const set = random.pick(permissionSets);
  const [action, section, display] = random.pick([
    [
      'PermSetAssign',
      'Manage Users',
      `Permission set ${set}: assigned to user ${about.name} (UserID: [${about.userId.slice(0, 15)}])`,
    ],
    [
      'PermSetUnassign',
      'Manage Users',
      `Permission set ${set}: unassigned from user ${about.name} (UserID: [${about.userId.slice(0, 15)}])`,
    ],
    ['changedemail', 'Manage Users', `Changed email for user ${about.name} to ${about.email}`],
    ['filteredLookupEdit', 'Customize Cases', 'Changed lookup filter on Case field Boutique'],
    ['changedReportFolder', 'Report Folders', 'Changed sharing of report folder Boutiques'],
    ['changedValidationFormula', 'Customize Contacts', 'Changed validation rule Postal code by country'],
  ] as const);
  return { kind: 'setup-change', time: during(shift, random), serial: serial(), caller, action, section, display };
}

/** People who join or leave on this day. */
function* comingAndGoing(
  house: House,
  admin: Shift | undefined,
  day: number,
  share: number,
  serial: () => number,
  random: Random,
): Generator<Act> {
  if (admin === undefined) return;
  const caller = personCaller(house, admin.person, admin.address, admin.start);
  const moving = house.people.filter(({ joinedAt, leftAt }) => joinedAt === day || leftAt === day);
  for (const person of moving.filter((each) => isPlayed(house, each, share))) {
    const joins = person.joinedAt === day;
    const time = during(admin, random);
    const [eventType, message] = joins
      ? ['user.lifecycle.create', 'Create okta user']
      : ['user.lifecycle.deactivate', 'Deactivate Okta user'];
    yield oktaAct(admin.person, caller, time, serial(), eventType!, message!, [userTarget(person)]);
    if (!person.usesCrm) continue;
    const [action, display] = joins
      ? ['createduser', `Created new user ${person.name}`]
      : ['deactivateduser', `Deactivated user ${person.name}`];
    const at = time + minuteMs;
    yield {
      kind: 'setup-change',
      time: at,
      serial: serial(),
      caller,
      action: action!,
      section: 'Manage Users',
      display: display!,
    };
  }
}
