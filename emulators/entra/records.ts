import { randomOf } from '#lib/random.ts';
import type { House } from '../house/house.ts';
import { uuidOf } from '../house/marks.ts';
import type { Person } from '../house/people.ts';
import type { Kind } from './tenant.ts';

const salesforce = { appId: '481732f5-fb9a-4a53-a8e3-1b4b5c5d3d11', appDisplayName: 'Salesforce' };

/** A record of this kind about one of the house's people, drawn by its number. */
export function drawRecord(house: House, kind: Kind, time: number, number: number): Readonly<Record<string, unknown>> {
  const random = randomOf(house.seed, 'entra emulator', number);
  const person = random.pick(house.people);
  const serial = 2 ** 50 + house.seed * 2 ** 20 + number;
  const created = new Date(time).toISOString();
  if (kind === 'directoryAudit') return audit(person, serial, created);
  const failed = random.fraction() < 0.05;
  const common = { id: uuidOf(serial, 90), createdDateTime: created, correlationId: uuidOf(serial, 94), ...salesforce };
  return kind === 'interactiveUser' || kind === 'nonInteractiveUser'
    ? { ...common, ...userPart(person, kind, failed, serial) }
    : { ...common, ...principalPart(house, person, kind, serial) };
}

/** https://learn.microsoft.com/graph/api/resources/signin */
function userPart(
  person: Person,
  kind: 'interactiveUser' | 'nonInteractiveUser',
  failed: boolean,
  serial: number,
): object {
  const { browser, email } = person;
  return {
    userDisplayName: person.name,
    userPrincipalName: email,
    userId: uuidOf(person.index, 98),
    ipAddress: person.workAddress,
    clientAppUsed: 'Browser',
    conditionalAccessStatus: failed ? 'failure' : 'success',
    isInteractive: kind === 'interactiveUser',
    // Only beta says so; v1.0 shows one kind alone.
    signInEventTypes: [kind],
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: 'Salesforce',
    resourceId: uuidOf(1, 99),
    uniqueTokenIdentifier: uuidOf(serial, 100),
    status: failed
      ? {
          errorCode: 50126,
          failureReason: 'Error validating credentials due to invalid username or password.',
          additionalDetails: null,
        }
      : { errorCode: 0, failureReason: 'Other.', additionalDetails: 'MFA requirement satisfied by claim in the token' },
    deviceDetail: {
      deviceId: '',
      displayName: '',
      operatingSystem: browser.platform,
      browser: browser.name,
      isCompliant: false,
      isManaged: false,
      trustType: '',
    },
    location: { city: person.city, state: '', countryOrRegion: person.iso, geoCoordinates: {} },
    appliedConditionalAccessPolicies: [],
  };
}

function principalPart(house: House, { workAddress }: Person, kind: Kind, serial: number): object {
  const integration = house.integrations[serial % house.integrations.length];
  return {
    servicePrincipalId: uuidOf(integration?.index ?? 0, 101),
    servicePrincipalName: integration?.app.name ?? 'Cordon',
    userId: '',
    userPrincipalName: null,
    ipAddress: integration?.addresses[0] ?? workAddress,
    isInteractive: false,
    signInEventTypes: [kind],
    resourceDisplayName: 'Microsoft Graph',
    resourceId: '00000003-0000-0000-c000-000000000000',
    status: { errorCode: 0, failureReason: null, additionalDetails: null },
    location: { city: '', state: '', countryOrRegion: integration?.iso ?? '', geoCoordinates: {} },
  };
}

/** https://learn.microsoft.com/graph/api/resources/directoryaudit */
function audit(person: Person, serial: number, activityDateTime: string): Readonly<Record<string, unknown>> {
  return {
    id: `Directory_${uuidOf(serial, 102)}_${serial % 100_000_000}`,
    category: 'UserManagement',
    correlationId: uuidOf(serial, 103),
    result: 'success',
    resultReason: '',
    activityDisplayName: 'User registered security info',
    activityDateTime,
    loggedByService: 'Authentication Methods',
    operationType: 'Add',
    initiatedBy: {
      app: null,
      user: {
        id: uuidOf(person.index, 98),
        displayName: person.name,
        userPrincipalName: person.email,
        ipAddress: person.workAddress,
        roles: [],
      },
    },
    targetResources: [
      {
        id: uuidOf(person.index, 98),
        displayName: person.name,
        type: 'User',
        userPrincipalName: person.email,
        groupType: null,
        modifiedProperties: [],
      },
    ],
    additionalDetails: [],
  };
}
