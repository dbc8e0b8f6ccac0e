/**
 * Compound fields hold others and leave with them: reading `MailingAddress` reads `MailingCity`, reading `Name` reads
 * `LastName`. Object Reference for the Salesforce Platform, "Compound Fields", "Address Compound Fields" and
 * "Geolocation Compound Field".
 */
const nameParts = ['salutation', 'firstname', 'middlename', 'lastname', 'suffix'];
const placeParts = ['latitude', 'longitude'];
const addressParts = [
  'street',
  'city',
  'state',
  'postalcode',
  'country',
  'statecode',
  'countrycode',
  'geocodeaccuracy',
  ...placeParts,
];
const standardPart = new RegExp(`^(.*?)(${addressParts.join('|')})$`);
const customPart = /^(.+)__[a-z]+__(?:s|pc)$/;
const customField = /^(.+)__(c|pc)$/;

/** The fields, in lower case, that must not leave when these may not: their parts, and what they are a part of. */
export function deniedWith(fields: readonly string[]): ReadonlySet<string> {
  const denied = new Set<string>();
  for (const field of fields) {
    const name = field.toLowerCase();
    denied.add(name);
    for (const other of [...partsOf(name), ...wholesOf(name)]) denied.add(other);
  }
  return denied;
}

function partsOf(name: string): readonly string[] {
  if (name === 'name') return nameParts;
  const custom = customField.exec(name)?.[1];
  if (custom !== undefined) return addressParts.map((part) => `${custom}__${part}__s`);
  if (name.endsWith('address')) return addressParts.map((part) => name.slice(0, -'address'.length) + part);
  return [];
}

function wholesOf(name: string): readonly string[] {
  if (nameParts.includes(name)) return ['name'];
  const custom = customPart.exec(name)?.[1];
  if (custom !== undefined) return [`${custom}__c`];
  const standard = standardPart.exec(name)?.[1];
  return standard === undefined ? [] : [`${standard}address`];
}
