import { createZoneClock, type ZoneClock } from './calendar.ts';
import { type Contact, contactAt } from './customers.ts';
import { createIntegrations, type Integration } from './integrations.ts';
import { createPeople, type Person } from './people.ts';
import { createShops, type Shop } from './places.ts';
import { salesforceId } from './salesforce-id.ts';

/**
 * Maison Orfèvre, a fictional luxury group: 9,000 staff of whom 2,600 use the CRM from 410 shops in 34 countries,
 * 60 integrations, 7.4 million customers. The same seed is the same house, everywhere.
 */
export interface House {
  readonly seed: number;
  readonly name: string;
  /** 18 characters. */
  readonly organizationId: string;
  readonly salesforceHost: string;
  readonly oktaHost: string;
  readonly shops: readonly Shop[];
  readonly people: readonly Person[];
  readonly integrations: readonly Integration[];
  /** The house's own app on the shops' tablets: each client adviser holds a token of it. */
  readonly clienteling: { readonly id: string; readonly name: string };
  /** Customer number `index`, 0 to 7,399,999; made on the fly. */
  readonly contact: (index: number) => Contact;
  readonly zoneClock: ZoneClock;
}

/** `seed` is any whole number from 0 to 2³² − 1. */
export function createHouse({ seed }: { readonly seed: number }): House {
  const shops = createShops(seed);
  const people = createPeople(seed, shops);
  const administrator = people.find(
    ({ role, joinedAt, leftAt }) => role === 'crm-admin' && joinedAt === 0 && leftAt === Number.POSITIVE_INFINITY,
  );
  if (administrator === undefined) throw new RangeError(`no administrator stays through the life of house ${seed}`);
  return {
    seed,
    name: 'Maison Orfèvre',
    organizationId: salesforceId('00D', 310_000 + (seed % 100_000)),
    salesforceHost: 'maison-orfevre.my.salesforce.com',
    oktaHost: 'maison-orfevre.okta.example',
    shops,
    people,
    integrations: createIntegrations(seed, administrator),
    clienteling: { id: salesforceId('0H4', 6_900), name: 'Orfèvre Clienteling' },
    contact: (index) => contactAt(seed, index),
    zoneClock: createZoneClock(),
  };
}

/** The integration of this kind; the first, where brands or regions each have one. Unknown kinds are a bug. */
export function integrationOf(house: House, kind: string): Integration {
  const found = house.integrations.find((integration) => integration.kind === kind);
  if (found === undefined) throw new RangeError(`the house has no ${kind} integration`);
  return found;
}
