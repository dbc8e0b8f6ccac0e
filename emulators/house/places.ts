import { randomOf } from '#lib/random.ts';

/** Where the house sells: shops over time zones, spoken culture (for names), weekdays closed (0 Sunday). */
export interface Country {
  readonly iso: string;
  readonly name: string;
  readonly culture: string;
  readonly zones: readonly string[];
  readonly shops: number;
  readonly city: string;
  readonly closedOn: readonly number[];
}

export interface Shop {
  readonly index: number;
  readonly name: string;
  readonly brand: string;
  readonly country: Country;
  readonly zone: string;
  /** Local hours, opening and closing. */
  readonly opens: number;
  readonly closes: number;
  /** The address under which its Wi-Fi reaches the world. */
  readonly address: string;
}

export const brands = ['Maison Orfèvre', 'Lune & Fils', 'Atelier Verrane'] as const;

// iso | name | culture | shops | city | zones | weekdays closed
const table = `
FR|France|french|52|Paris|Europe/Paris|0
IT|Italy|italian|40|Milano|Europe/Rome|
GB|United Kingdom|english|30|London|Europe/London|
DE|Germany|german|24|München|Europe/Berlin|0
ES|Spain|spanish|18|Madrid|Europe/Madrid|0
CH|Switzerland|german|12|Zürich|Europe/Zurich|0
AT|Austria|german|6|Wien|Europe/Vienna|0
BE|Belgium|french|6|Bruxelles|Europe/Brussels|0
NL|Netherlands|german|7|Amsterdam|Europe/Amsterdam|
PT|Portugal|portuguese|4|Lisboa|Europe/Lisbon|
MC|Monaco|french|2|Monaco|Europe/Monaco|0
SE|Sweden|nordic|4|Stockholm|Europe/Stockholm|
DK|Denmark|nordic|3|København|Europe/Copenhagen|
NO|Norway|nordic|3|Oslo|Europe/Oslo|0
IE|Ireland|english|3|Dublin|Europe/Dublin|
PL|Poland|slavic|4|Warszawa|Europe/Warsaw|0
CZ|Czechia|slavic|4|Praha|Europe/Prague|
GR|Greece|greek|4|Athína|Europe/Athens|0
TR|Türkiye|turkish|7|İstanbul|Europe/Istanbul|
AE|United Arab Emirates|arabic|12|Dubai|Asia/Dubai|
SA|Saudi Arabia|arabic|7|Riyadh|Asia/Riyadh|
QA|Qatar|arabic|3|Doha|Asia/Qatar|
KW|Kuwait|arabic|3|Kuwait City|Asia/Kuwait|
US|United States|english|42|New York|America/New_York America/Chicago America/Los_Angeles|
CA|Canada|english|10|Toronto|America/Toronto America/Vancouver|
MX|Mexico|spanish|5|Ciudad de México|America/Mexico_City|
BR|Brazil|portuguese|6|São Paulo|America/Sao_Paulo|
JP|Japan|japanese|26|Tokyo|Asia/Tokyo|
CN|China|chinese|25|Shanghai|Asia/Shanghai|
HK|Hong Kong|chinese|6|Hong Kong|Asia/Hong_Kong|
KR|Korea|korean|14|Seoul|Asia/Seoul|
SG|Singapore|chinese|6|Singapore|Asia/Singapore|
AU|Australia|english|8|Sydney|Australia/Sydney|
TW|Taiwan|chinese|4|Taipei|Asia/Taipei|
`;

export const countries: readonly Country[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [iso = '', name = '', culture = '', shops = '', city = '', zones = '', closed = ''] = line.split('|');
    const closedOn = closed === '' ? [] : [Number(closed)];
    return { iso, name, culture, shops: Number(shops), city, zones: zones.split(' '), closedOn };
  });

/** The offices where those work who do not stand in a shop: three in eight of them at the head office in Paris. */
export const officeCountries = ['FR', 'FR', 'FR', 'IT', 'GB', 'US', 'CN', 'JP'] as const;

export function createShops(seed: number): readonly Shop[] {
  const shops: Shop[] = [];
  for (const country of countries) {
    for (let number = 0; number < country.shops; number++) {
      const random = randomOf(seed, 'shop', shops.length);
      const brand = random.pick(brands);
      shops.push({
        index: shops.length,
        name: `${brand} ${country.city} ${number + 1}`,
        brand,
        country,
        zone: country.zones[number % country.zones.length]!,
        opens: random.integer(9, 10),
        closes: random.integer(18, 20),
        address: addressIn(landlineBlock(seed, country.iso, random.integer(0, 2)), random.uint32()),
      });
    }
  }
  return shops;
}

/** A block of 65,536 addresses, `a.b` of `a.b.c.d`. */
export type Block = string;

// First octets long given to regional providers; none of them holds an address published as an attacker's.
const landline = [2, 31, 37, 46, 62, 77, 78, 79, 80, 81, 82, 83, 84, 86, 87, 88, 89, 90, 91, 93, 94, 95, 109, 151, 188];

export const landlineBlock = (seed: number, iso: string, provider: number): Block =>
  blockIn(landline, seed, 'landline', iso, provider);

export const mobileBlock = (seed: number, iso: string, carrier: number): Block =>
  blockIn([92, 100, 106, 110, 176, 178, 213, 217], seed, 'mobile', iso, carrier);

export const officeBlock = (seed: number, iso: string): Block => blockIn([193, 212], seed, 'office', iso);

export function addressIn(block: Block, number: number): string {
  return `${block}.${(number >>> 8) & 0xff}.${1 + ((number & 0xff) % 254)}`;
}

function blockIn(firstOctets: readonly number[], ...path: readonly (string | number)[]): Block {
  const random = randomOf(...path);
  return `${random.pick(firstOctets)}.${random.integer(66, 254)}`;
}
