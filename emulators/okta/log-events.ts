import { randomOf } from '#lib/random.ts';
import { personCaller } from '../house/callers.ts';
import type { House } from '../house/house.ts';
import { oktaEvent } from '../house/lines/records.ts';

const salesforce = {
  id: '0oa2orfevrecrm05d7',
  type: 'AppInstance',
  alternateId: 'Salesforce.com',
  displayName: 'Salesforce.com',
} as const;

/** What people do at the sign-on, most often first. */
const deeds = [
  { eventType: 'user.session.start', message: 'User login to Okta', reason: 'INVALID_CREDENTIALS' },
  { eventType: 'user.authentication.sso', message: 'User single sign on to app', reason: undefined },
  {
    eventType: 'user.authentication.auth_via_mfa',
    message: 'Authentication of user via MFA',
    reason: 'INVALID_CREDENTIALS',
  },
] as const;

/** A LogEvent of one of the house's people, drawn by its number. */
export function drawEvent(house: House, time: number, number: number): Readonly<Record<string, unknown>> {
  const random = randomOf(house.seed, 'okta emulator', number);
  const person = random.pick(house.people);
  const { eventType, message, reason } = random.pick(deeds);
  const succeeded = reason === undefined || random.fraction() > 0.05;
  const text = oktaEvent({
    kind: 'okta',
    time,
    // Apart from every serial of the house's own life, so that both may be read together.
    serial: 2 ** 50 + house.seed * 2 ** 20 + number,
    caller: personCaller(house, person, person.workAddress, time),
    eventType,
    message,
    oktaId: person.oktaId,
    name: person.name,
    succeeded,
    reason: succeeded ? undefined : reason,
    targets: eventType === 'user.authentication.sso' ? [salesforce] : [],
  });
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
