/**
 * Fields that show the content of other fields. Object Reference, "Compound Fields": `Name` of persons, addresses and
 * geolocations. Names in lower case.
 */
const nameParts = ['firstname', 'lastname', 'middlename', 'suffix', 'salutation'];
const addressParts = ['street', 'city', 'state', 'postalcode', 'country', 'statecode', 'countrycode'];
const placeParts = ['latitude', 'longitude', 'geocodeaccuracy'];
const parts = [...addressParts, ...placeParts];

const address = /^((?:billing|shipping|mailing|other|personmailing|personother)?)address$/;
const addressPart = new RegExp(
  `^((?:billing|shipping|mailing|other|personmailing|personother)?)(?:${parts.join('|')})$`,
);
const customPart = new RegExp(`^(.+)__(?:${parts.join('|')})__s$`);

/** The other fields in which (part of) this field's content can be read too. */
export function overlapping(field: string): readonly string[] {
  if (field === 'name') return nameParts;
  if (nameParts.includes(field)) return ['name'];
  const whole = address.exec(field);
  if (whole !== null) return parts.map((part) => whole[1] + part);
  const part = addressPart.exec(field);
  if (part !== null) return [`${part[1]}address`];
  const custom = customPart.exec(field);
  if (custom !== null) return [`${custom[1]}__c`];
  return field.endsWith('__c') ? parts.map((each) => `${field.slice(0, -3)}__${each}__s`) : [];
}
