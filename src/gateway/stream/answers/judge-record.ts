import type { ExpectedRecords } from '../../call.ts';

/** What a verified shape of a record needs of the records to come. */
export interface RecordShape {
  /** A child query has further pages: their locators must be read from each such record. */
  readonly hasLocators: boolean;
}

/** The names that a policy lets leave, prepared once for each expectation. All in lower case. */
export interface AllowedRecords {
  readonly expected: ExpectedRecords;
  /** Undefined: every name but the denied. */
  readonly fields: ReadonlySet<string> | undefined;
  readonly denied: ReadonlySet<string>;
  /** Beginnings of paths: relations, and names of child queries. */
  readonly relations: ReadonlySet<string>;
}

export type AllowedObjects = ReadonlyMap<string, AllowedRecords>;

export function allowObjects(expected: readonly ExpectedRecords[]): AllowedObjects {
  return new Map(expected.map((records) => [records.object.toLowerCase(), allowRecords(records)]));
}

function allowRecords(expected: ExpectedRecords): AllowedRecords {
  const lower = expected.fields?.map((field) => field.toLowerCase());
  const relations = (lower ?? []).flatMap((field) => {
    const parts = field.split('.').slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
  });
  return {
    expected,
    fields: lower && new Set(lower),
    denied: new Set(expected.deniedFields.map((field) => field.toLowerCase())),
    relations: new Set(relations),
  };
}

/**
 * Judges one record of an answer, parsed, with all that is nested in it: every member is one that was asked for, every
 * object one that the policy lets leave. A string says what is not, naming fields but no values.
 */
export function judgeRecord(record: unknown, allowed: AllowedObjects): RecordShape | string {
  if (!isObject(record)) return 'a record is no object';
  const attributes = record['attributes'];
  if (!isObject(attributes) || typeof attributes['type'] !== 'string') return 'a record does not say its object';
  const own = allowed.get(attributes['type'].toLowerCase());
  if (own === undefined) return `records of ${attributes['type'].slice(0, 60)} were not asked for`;
  return judgeMembers(record, own, '', allowed);
}

/** `path`: where within the record of `own` these members stand, `account.` for a relation. */
function judgeMembers(
  members: Readonly<Record<string, unknown>>,
  own: AllowedRecords,
  path: string,
  allowed: AllowedObjects,
): RecordShape | string {
  let hasLocators = false;
  for (const [name, member] of Object.entries(members)) {
    if (name === 'attributes') {
      const fault = faultOfAttributes(member);
      if (fault !== undefined) return fault;
      continue;
    }
    const judged = judgeMember(member, `${path}${name.toLowerCase()}`, own, allowed);
    if (judged === undefined) return `the field ${path}${name.slice(0, 80)} was not asked for`;
    if (typeof judged === 'string') return judged;
    hasLocators ||= judged.hasLocators;
  }
  return { hasLocators };
}

function judgeMember(
  member: unknown,
  path: string,
  own: AllowedRecords,
  allowed: AllowedObjects,
): RecordShape | string | undefined {
  if (own.denied.has(path)) return undefined;
  const isAsked = own.fields === undefined || own.fields.has(path);
  const isRelation = own.relations.has(path);
  if (!isObject(member)) return isScalar(member) && (isAsked || (member === null && isRelation)) ? plain : undefined;
  if ('records' in member) return isRelation ? judgeChildren(member, own, path, allowed) : undefined;
  if ('attributes' in member) return isRelation ? judgeRelated(member, own, path, allowed) : undefined;
  return isAsked && isCompound(member) && !hasDeniedPart(path, own) ? plain : undefined;
}

/** A parent: its names stand in the child's field list, and it is itself a record that the policy must know. */
function judgeRelated(
  member: Readonly<Record<string, unknown>>,
  own: AllowedRecords,
  path: string,
  allowed: AllowedObjects,
): RecordShape | string {
  const type = isObject(member['attributes']) ? member['attributes']['type'] : undefined;
  const other = typeof type === 'string' ? allowed.get(type.toLowerCase()) : undefined;
  if (other === undefined) return `records behind ${path} were not asked for`;
  const denied = Object.keys(member).find((name) => other.denied.has(name.toLowerCase()));
  if (denied !== undefined) return `the field ${denied.slice(0, 80)} behind ${path} may not leave`;
  return judgeMembers(member, own, `${path}.`, allowed);
}

const pageNames = new Set(['totalSize', 'done', 'records', 'nextRecordsUrl', 'queryLocator', 'entityTypeName']);

function judgeChildren(
  member: Readonly<Record<string, unknown>>,
  own: AllowedRecords,
  path: string,
  allowed: AllowedObjects,
): RecordShape | string {
  const odd = Object.keys(member).find((name) => !pageNames.has(name));
  if (odd !== undefined) return `a child page has the unknown member ${odd.slice(0, 80)}`;
  const records = member['records'];
  if (!Array.isArray(records)) return 'a child page has no list of records';
  let hasLocators = typeof member['nextRecordsUrl'] === 'string';
  for (const record of records as unknown[]) {
    const judged = judgeRecord(record, allowed);
    if (typeof judged === 'string') return judged;
    hasLocators ||= judged.hasLocators;
    const odder = Object.keys(record as object).find((name) => !isAskedOfChild(name, own, path));
    if (odder !== undefined) return `the field ${path}.${odder.slice(0, 80)} was not asked for`;
  }
  return { hasLocators };
}

function isAskedOfChild(name: string, own: AllowedRecords, path: string): boolean {
  const full = `${path}.${name.toLowerCase()}`;
  return name === 'attributes' || own.fields === undefined || own.fields.has(full) || own.relations.has(full);
}

/** Every locator in a record, at whatever depth a child page has one. */
export function nestedLocators(record: unknown): string[] {
  if (Array.isArray(record)) return record.flatMap(nestedLocators);
  if (!isObject(record)) return [];
  const own = record['nextRecordsUrl'];
  const isPage = Array.isArray(record['records']) && typeof own === 'string';
  return [...(isPage ? [own] : []), ...Object.values(record).flatMap(nestedLocators)];
}

const plain: RecordShape = { hasLocators: false };

const addressParts = ['street', 'city', 'state', 'statecode', 'postalcode', 'country', 'countrycode'];
const placeParts = ['latitude', 'longitude', 'geocodeaccuracy'];
const compoundParts = new Set([...addressParts, ...placeParts]);

/** A compound field: an address or a place. Object Reference, "Compound Fields". */
function isCompound(member: Readonly<Record<string, unknown>>): boolean {
  const parts = Object.entries(member);
  return parts.length > 0 && parts.every(([name, value]) => compoundParts.has(name.toLowerCase()) && isScalar(value));
}

/** `MailingAddress` holds `MailingStreet`: where a part may not leave, the whole may not. */
function hasDeniedPart(path: string, own: AllowedRecords): boolean {
  const stem = path.replace(/address$/, '');
  return [...addressParts, ...placeParts].some((part) => own.denied.has(`${stem}${part}`));
}

function faultOfAttributes(attributes: unknown): string | undefined {
  const isKnown =
    isObject(attributes) &&
    Object.entries(attributes).every(
      ([name, value]) => (name === 'type' || name === 'url') && typeof value === 'string',
    );
  return isKnown ? undefined : 'a record has unknown attributes';
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
