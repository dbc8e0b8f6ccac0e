import { hashOf, randomOf } from '#lib/random.ts';
import type { Caller } from './acts.ts';
import { hourMs, minuteMs } from './calendar.ts';
import type { House } from './house.ts';
import type { Integration } from './integrations.ts';
import { loginHistoryIdOf, loginKeyOf, sessionKeyOf } from './marks.ts';
import type { Person } from './people.ts';
import { countries } from './places.ts';

/** A sign-in's number, from what tells it from every other; below 2⁴⁸. */
const sessionOf = (...path: readonly (string | number)[]): number =>
  hashOf('session', ...path) * 0x1_0000 + (hashOf('session tail', ...path) & 0xffff);

const marksOf = (session: number) => ({
  sessionKey: sessionKeyOf(session),
  loginKey: loginKeyOf(session),
  loginHistoryId: loginHistoryIdOf(session),
});

/** A person at work in the browser since `signedInAt`. */
export function personCaller(house: House, person: Person, address: string, signedInAt: number): Caller {
  return {
    userId: person.userId,
    email: person.email,
    app: undefined,
    address,
    iso: person.iso,
    country: person.country,
    city: person.city,
    userAgent: person.browser.userAgent,
    browser: person.browser.name,
    platform: person.browser.platform,
    apiVersion: '66.0',
    clientName: '',
    ...marksOf(sessionOf(house.seed, person.index, signedInAt)),
    signedInAt,
  };
}

/** The same person through the house's own app on a shop's tablet. */
export function tabletCaller(house: House, person: Person, address: string, signedInAt: number): Caller {
  return {
    ...personCaller(house, person, address, signedInAt),
    app: house.clienteling,
    userAgent: 'OrfevreClienteling/5.3 (iPad; iOS 26.1)',
    browser: 'Unknown',
    platform: 'Unknown',
    apiVersion: '64.0',
    ...marksOf(sessionOf(house.seed, 'tablet', person.index, signedInAt)),
  };
}

/** The start of the session in which an integration works at `time`. */
export function sessionStart(integration: Integration, time: number): number {
  const length = integration.sessionHours * hourMs;
  const offset = integration.sessionOffsetMinutes * minuteMs;
  return Math.floor((time - offset) / length) * length + offset;
}

export interface Elsewhere {
  readonly addresses: readonly string[];
  readonly iso: string;
  readonly userAgent?: string;
}

/** An integration at work; `elsewhere` when its token is used from another network than its own. */
export function integrationCaller(
  house: House,
  integration: Integration,
  signedInAt: number,
  elsewhere: Elsewhere = integration,
): Caller {
  const random = randomOf(house.seed, 'integration session', integration.index, signedInAt);
  const country = countries.find(({ iso }) => iso === elsewhere.iso);
  return {
    userId: integration.user.userId,
    email: integration.user.email,
    app: integration.app,
    address: random.pick(elsewhere.addresses),
    iso: elsewhere.iso,
    country: country?.name ?? elsewhere.iso,
    city: country?.city ?? '',
    userAgent: elsewhere.userAgent ?? integration.userAgent,
    browser: 'Unknown',
    platform: 'Unknown',
    apiVersion: integration.apiVersion,
    clientName: integration.clientName,
    ...marksOf(sessionOf(house.seed, integration.app.id, signedInAt, elsewhere.addresses[0] ?? '')),
    signedInAt,
  };
}
