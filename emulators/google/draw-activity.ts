import { type Random, randomOf } from '#lib/random.ts';
import type { House } from '../house/house.ts';
import type { Application } from './customer.ts';

interface DrawnEvent {
  readonly type?: string;
  readonly name: string;
  readonly parameters?: readonly object[];
}

/** What people do, most often first; https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login and its neighbours. */
const deeds: Readonly<Record<Application, (random: Random, email: string) => readonly DrawnEvent[]>> = {
  login: (random) => [
    random.fraction() < 0.05
      ? {
          type: 'login',
          name: 'login_failure',
          parameters: [
            { name: 'login_type', value: 'google_password' },
            { name: 'login_failure_type', value: 'login_failure_invalid_password' },
          ],
        }
      : {
          type: 'login',
          name: 'login_success',
          parameters: [
            { name: 'login_type', value: 'saml' },
            { name: 'login_challenge_method', multiValue: ['none'] },
            { name: 'is_suspicious', boolValue: false },
          ],
        },
  ],
  token: () => [
    {
      type: 'auth',
      name: 'authorize',
      parameters: [
        { name: 'client_id', value: '1075961337-orfevre.apps.googleusercontent.com' },
        { name: 'app_name', value: 'Salesforce Inbox' },
        { name: 'client_type', value: 'WEB' },
        { name: 'scope_data', multiMessageValue: [{ parameter: [{ name: 'scope_name', value: 'openid' }] }] },
        { name: 'scope', multiValue: ['openid'] },
      ],
    },
  ],
  saml: () => [
    {
      type: 'login',
      name: 'login_success',
      parameters: [
        { name: 'orgunit_path', value: '/Boutiques' },
        { name: 'initiated_by', value: 'sp' },
        { name: 'application_name', value: 'Salesforce' },
        { name: 'saml_status_code', value: 'SUCCESS_URI' },
      ],
    },
  ],
  // One act of an administrator is often several events.
  admin: (_, email) => [
    { type: 'USER_SETTINGS', name: 'RESET_SIGNIN_COOKIES', parameters: [{ name: 'USER_EMAIL', value: email }] },
    { type: 'USER_SETTINGS', name: 'CHANGE_PASSWORD', parameters: [{ name: 'USER_EMAIL', value: email }] },
  ],
};

/** An activity of one of the house's people, drawn by its number. */
export function drawActivity(
  house: House,
  application: Application,
  time: number,
  number: number,
): Readonly<Record<string, unknown>> {
  const random = randomOf(house.seed, 'google emulator', number);
  const person = random.pick(house.people);
  return {
    kind: 'admin#reports#activity',
    id: {
      time: new Date(time).toISOString(),
      // 64 bits with a sign, as a text.
      uniqueQualifier: `${random.fraction() < 0.5 ? '-' : ''}${random.uint32()}${String(number).padStart(9, '0')}`,
      applicationName: application,
      customerId: 'C03orfevr',
    },
    etag: `"${random.uint32().toString(36)}"`,
    actor: { email: person.email, profileId: `1${String(person.index).padStart(20, '0')}` },
    ipAddress: person.workAddress,
    events: deeds[application](random, person.email),
  };
}
