import { randomOf } from '#lib/random.ts';
import { mailboxOf, nameFrom } from './names.ts';
import { brands, countries } from './places.ts';
import { salesforceId } from './salesforce-id.ts';

/** How many rows of each kind the house's CRM holds. */
export const populations = { Contact: 7_400_000, Account: 7_100_000, Case: 2_200_000, Order: 39_000_000 } as const;

/** First three characters of the ids of each object. */
export const keyPrefixes: Readonly<Record<string, string>> = {
  Account: '001',
  Contact: '003',
  User: '005',
  Opportunity: '006',
  Case: '500',
  Order: '801',
  Campaign: '701',
  CampaignMember: '00v',
  Task: '00T',
  Event: '00U',
  Product2: '01t',
  Report: '00O',
  ListView: '00B',
};

export interface Contact {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  /** ISO 3166 two letters. */
  readonly country: string;
  readonly brand: string;
  /** All purchases, whole euros; about one in fifty above 10,000. */
  readonly totalSpend: number;
}

const mailHosts = ['courriel.example', 'posta.example', 'mail.example', 'inbox.example', 'brief.example'] as const;

/** Customer number `index` (0 to 7,399,999): the same for a seed wherever and whenever it is asked. */
export function contactAt(seed: number, index: number): Contact {
  if (!Number.isInteger(index) || index < 0 || index >= populations.Contact) {
    throw new RangeError(`no contact ${index}: the house has ${populations.Contact}`);
  }
  const random = randomOf(seed, 'contact', index);
  const country = random.pick(countries);
  const name = nameFrom(random, country.culture);
  return {
    id: salesforceId('003', index),
    firstName: name.first,
    lastName: name.last,
    email: `${mailboxOf(name)}.${index.toString(36)}@${random.pick(mailHosts)}`,
    phone: `+${random.integer(20, 98)}${random.integer(100_000_000, 999_999_999)}`,
    country: country.iso,
    brand: random.pick(brands),
    // Log-normal: median 620, two sigma at about 10,000, the largest of millions held to 86,000.
    totalSpend: Math.min(86_000, Math.round(Math.exp(6.43 + 1.36 * random.normal()))),
  };
}
