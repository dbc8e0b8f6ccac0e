import { randomOf } from '#lib/random.ts';
import { mailboxOf, nameFrom } from './names.ts';
import { addressIn, countries, landlineBlock, mobileBlock, officeBlock, officeCountries, type Shop } from './places.ts';
import { salesforceId } from './salesforce-id.ts';

export type Role =
  | 'crm-admin'
  | 'help-desk'
  | 'finance'
  | 'marketing'
  | 'care-agent'
  | 'boutique-manager'
  | 'client-adviser'
  | 'staff';

/** How many of each role; all but `staff` use the CRM: 2,600 of 9,000. */
const headcount: Readonly<Record<Role, number>> = {
  'crm-admin': 10,
  'help-desk': 20,
  finance: 60,
  marketing: 120,
  'care-agent': 220,
  'boutique-manager': 410,
  'client-adviser': 1760,
  staff: 6400,
};

export interface Person {
  readonly index: number;
  readonly role: Role;
  readonly name: string;
  /** Sign-in name in Okta and Salesforce, lower case. */
  readonly email: string;
  readonly userId: string;
  readonly oktaId: string;
  readonly usesCrm: boolean;
  readonly shop: Shop | undefined;
  readonly iso: string;
  readonly country: string;
  readonly city: string;
  readonly zone: string;
  /** Where they usually sit: shop Wi-Fi or office. */
  readonly workAddress: string;
  readonly homeAddress: string;
  /** The /16 of their phone's carrier. */
  readonly mobileBlock: string;
  readonly browser: Browser;
  /** First and last day at the house, ms UTC; most were there before any log begins and stay. */
  readonly joinedAt: number;
  readonly leftAt: number;
}

interface Browser {
  /** As LoginHistory prints it. */
  readonly name: string;
  readonly platform: string;
  readonly userAgent: string;
}

const chrome = (system: string): string =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36`;

const browsers: readonly Browser[] = [
  { name: 'Chrome 149', platform: 'Windows 11', userAgent: chrome('Windows NT 10.0; Win64; x64') },
  { name: 'Chrome 149', platform: 'Mac OSX', userAgent: chrome('Macintosh; Intel Mac OS X 10_15_7') },
  { name: 'Edge 149', platform: 'Windows 11', userAgent: `${chrome('Windows NT 10.0; Win64; x64')} Edg/149.0.0.0` },
  {
    name: 'Safari 26',
    platform: 'Mac OSX',
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15',
  },
];

/** A little coming and going: one in ten joins, another one in ten leaves, spread evenly over these three years. */
const turnover = { from: Date.UTC(2025, 8, 1), days: 3 * 365 };
const dayMs = 86_400_000;

export function createPeople(seed: number, shops: readonly Shop[]): readonly Person[] {
  const taken = new Map<string, number>();
  const people: Person[] = [];
  for (const role of Object.keys(headcount) as Role[]) {
    for (let number = 0; number < headcount[role]; number++) {
      people.push(createPerson(seed, people.length, role, shopOf(role, number, shops), taken));
    }
  }
  return people;
}

function shopOf(role: Role, number: number, shops: readonly Shop[]): Shop | undefined {
  const standsInShop =
    role === 'boutique-manager' || role === 'client-adviser' || (role === 'staff' && number % 4 !== 0);
  return standsInShop ? shops[number % shops.length] : undefined;
}

function createPerson(
  seed: number,
  index: number,
  role: Role,
  shop: Shop | undefined,
  taken: Map<string, number>,
): Person {
  const random = randomOf(seed, 'person', index);
  const officeIso = random.pick(officeCountries);
  const country = shop?.country ?? countries.find(({ iso }) => iso === officeIso)!;
  const name = nameFrom(random, country.culture);
  const fate = random.fraction();
  const changeAt = turnover.from + random.integer(0, turnover.days) * dayMs;
  return {
    index,
    role,
    name: `${name.first} ${name.last}`,
    email: `${uniqueMailbox(mailboxOf(name), taken)}@maison-orfevre.example`,
    userId: salesforceId('005', 4_000 + index),
    oktaId: `00u${random.uint32().toString(36).padStart(7, 'k')}${index.toString(36).padStart(6, '0')}5d7`,
    usesCrm: role !== 'staff',
    shop,
    iso: country.iso,
    country: country.name,
    city: country.city,
    zone: shop?.zone ?? country.zones[0]!,
    workAddress: shop?.address ?? addressIn(officeBlock(seed, country.iso), 20 + random.integer(0, 7)),
    homeAddress: addressIn(landlineBlock(seed, country.iso, random.integer(0, 2)), random.uint32()),
    mobileBlock: mobileBlock(seed, country.iso, random.integer(0, 1)),
    browser: random.pick(browsers),
    joinedAt: fate < 0.1 ? changeAt : 0,
    leftAt: fate > 0.9 ? changeAt : Number.POSITIVE_INFINITY,
  };
}

function uniqueMailbox(mailbox: string, taken: Map<string, number>): string {
  const times = (taken.get(mailbox) ?? 0) + 1;
  taken.set(mailbox, times);
  return times === 1 ? mailbox : `${mailbox}${times}`;
}
