import type { Asked } from '../../call.ts';
import { isObject } from './judge-record.ts';

export interface JudgedOutline {
  readonly locators: readonly string[];
}

const nothing: JudgedOutline = { locators: [] };

/**
 * Judges what stands around the records of an answer (see `outline`): exactly the frame that the CRM documents for what
 * was asked, so that nothing else can leave beside them. REST API Developer Guide, "Query", "Composite".
 */
export function judgeOutline(value: unknown, asked: Asked, hasAggregates: boolean): JudgedOutline | string {
  switch (asked.kind) {
    case 'query':
    case 'query-more':
      return judgeQueryPage(value, hasAggregates);
    case 'retrieve':
      if (asked.form === 'row') return value === 0 ? nothing : 'the answer is no record';
      return isListOfRecords(value, false) ? nothing : 'the answer is no list of records';
    case 'composite':
      return asked.form === 'composite'
        ? judgeComposite(value, asked, hasAggregates)
        : judgeBatch(value, asked, hasAggregates);
    default:
      return 'no records were asked for';
  }
}

const pageMembers: Readonly<Record<string, (value: unknown) => boolean>> = {
  totalSize: (value) => typeof value === 'number',
  done: (value) => typeof value === 'boolean',
  nextRecordsUrl: (value) => typeof value === 'string',
  records: Array.isArray,
  queryLocator: (value) => value === null || typeof value === 'string',
  entityTypeName: (value) => typeof value === 'string',
};

function judgeQueryPage(value: unknown, hasAggregates: boolean): JudgedOutline | string {
  if (!isObject(value)) return 'the answer is no page of a query';
  const odd = Object.entries(value).find(([name, member]) => pageMembers[name]?.(member) !== true);
  if (odd !== undefined) return `the page has the unknown member ${odd[0].slice(0, 60)}`;
  const { totalSize, done, records, nextRecordsUrl } = value;
  if (totalSize === undefined || done === undefined || records === undefined) return 'the page lacks a member';
  if (!isListOfRecords(records, hasAggregates)) return 'the page has something else among its records';
  if (done !== (nextRecordsUrl === undefined)) return 'the page does not say whether it is the last';
  return typeof nextRecordsUrl === 'string' ? { locators: [nextRecordsUrl] } : nothing;
}

/** Records, or (of ids that lead nowhere) null; computed rows where they were asked for. */
function isListOfRecords(value: unknown, hasAggregates: boolean): boolean {
  return (
    Array.isArray(value) &&
    (value as unknown[]).every((each) => each === 0 || each === null || (hasAggregates && isAggregate(each)))
  );
}

/** `{"attributes":{"type":"AggregateResult"},"expr0":12}` */
function isAggregate(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['attributes'])) return false;
  if (value['attributes']['type'] !== 'AggregateResult' || Object.keys(value['attributes']).length !== 1) return false;
  return Object.entries(value).every(
    ([name, member]) => name === 'attributes' || typeof member !== 'object' || !member,
  );
}

type Composite = Extract<Asked, { kind: 'composite' }>;

function judgeComposite(value: unknown, asked: Composite, hasAggregates: boolean): JudgedOutline | string {
  const members = ['body', 'httpHeaders', 'httpStatusCode', 'referenceId'];
  const list = isObject(value) && Object.keys(value).length === 1 ? value['compositeResponse'] : undefined;
  return judgeParts(list, members, asked, hasAggregates, (part) => [part['httpStatusCode'], part['body']]);
}

function judgeBatch(value: unknown, asked: Composite, hasAggregates: boolean): JudgedOutline | string {
  const isEnvelope = isObject(value) && Object.keys(value).every((name) => name === 'hasErrors' || name === 'results');
  const list = isEnvelope && typeof value['hasErrors'] === 'boolean' ? value['results'] : undefined;
  return judgeParts(list, ['statusCode', 'result'], asked, hasAggregates, (part) => [
    part['statusCode'],
    part['result'],
  ]);
}

function judgeParts(
  list: unknown,
  members: readonly string[],
  asked: Composite,
  hasAggregates: boolean,
  read: (part: Readonly<Record<string, unknown>>) => readonly [unknown, unknown],
): JudgedOutline | string {
  if (!Array.isArray(list) || list.length !== asked.parts.length)
    return 'the answer has other parts than were asked for';
  const locators: string[] = [];
  for (const [index, part] of (list as unknown[]).entries()) {
    if (!isObject(part) || Object.keys(part).some((name) => !members.includes(name)))
      return 'a part has unknown members';
    if (isObject(part['httpHeaders']) && Object.keys(part['httpHeaders']).length > 0) return 'a part has headers';
    const [status, body] = read(part);
    const judged = judgePart(status, body, asked.parts[index]!.asked, hasAggregates);
    if (typeof judged === 'string') return judged;
    locators.push(...judged.locators);
  }
  return { locators };
}

function judgePart(status: unknown, body: unknown, asked: Asked, hasAggregates: boolean): JudgedOutline | string {
  if (typeof status !== 'number') return 'a part has no status';
  if (status >= 400) return isErrorList(body) ? nothing : 'a part has an unknown kind of error';
  if (asked.kind === 'about' || asked.kind === 'describe') return body === 0 ? 'a part has records' : nothing;
  return judgeOutline(body, asked, hasAggregates);
}

const errorMembers = new Set(['message', 'errorCode', 'fields', 'extendedErrorDetails']);

/** `[{"message","errorCode","fields"?}]`. REST API Developer Guide, "Status Codes and Error Responses". */
export function isErrorList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > 200) return false;
  return (value as unknown[]).every(
    (each) =>
      isObject(each) &&
      typeof each['message'] === 'string' &&
      typeof each['errorCode'] === 'string' &&
      Object.keys(each).every((name) => errorMembers.has(name)) &&
      (each['fields'] === undefined ||
        (Array.isArray(each['fields']) && each['fields'].every((f) => typeof f === 'string'))),
  );
}

/** `{"error","error_description"?}`: RFC 6749 section 5.2, as userinfo and identity answer. */
export const isOauthError = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['error'] === 'string' &&
  Object.entries(value).every(
    ([name, member]) => /^error(_description|_uri)?$/.test(name) && typeof member === 'string',
  );
