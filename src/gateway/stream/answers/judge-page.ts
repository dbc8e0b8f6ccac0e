import type { ScannedRecords } from '#scan/scan.ts';
import type { Asked, Expectation } from '../../call.ts';
import { type KeepLatest, keepLatest } from '../../keep-latest.ts';
import { type JudgedOutline, judgeOutline } from './judge-outline.ts';
import { type AllowedObjects, allowObjects, judgeRecord, nestedLocators, type RecordShape } from './judge-record.ts';
import { outline, readOutline } from './outline.ts';
import { repeatsMember } from './repeats-member.ts';

export type RecordsExpectation = Extract<Expectation, { kind: 'records' }>;

/** What a page opens for later calls; its records are counted by `groupRecords`. */
export interface JudgedPage {
  /** `nextRecordsUrl` of the page and of child pages. */
  readonly locators: readonly string[];
}

/** The shapes of records that were found good under one expectation. */
export interface KnownShapes {
  readonly allowed: AllowedObjects;
  /** By object in lower case, the field that leads to the customer, where there is one. */
  readonly customerFields: Readonly<Record<string, string>>;
  readonly good: Map<string, RecordShape>;
  /** What was found of outlines: those of small answers are few, and come again. */
  readonly outlines: KeepLatest<JudgedOutline | string>;
}

const mostShapes = 10_000;

const mostExpectations = 1000;

const mostOutlines = 1000;

/** Keeps what was learnt about shapes for every expectation that says the same, the oldest forgotten first. */
export function openKnownShapes(): (expectation: RecordsExpectation) => KnownShapes {
  const known = new Map<string, KnownShapes>();
  const outlines = keepLatest<JudgedOutline | string>(mostOutlines);
  const latest = new WeakMap<RecordsExpectation['records'], KnownShapes>();
  const learn = (records: RecordsExpectation['records']): KnownShapes => {
    const key = JSON.stringify(records);
    const before = known.get(key);
    if (before !== undefined) return before;
    const customerFields = Object.fromEntries(
      records.flatMap(({ object, customerField }) => (customerField ? [[object.toLowerCase(), customerField]] : [])),
    );
    const shapes = { allowed: allowObjects(records), customerFields, good: new Map<string, RecordShape>(), outlines };
    if (known.size >= mostExpectations) known.delete(known.keys().next().value ?? '');
    known.set(key, shapes);
    return shapes;
  };
  return ({ records }) => {
    const before = latest.get(records);
    if (before !== undefined) return before;
    const shapes = learn(records);
    latest.set(records, shapes);
    return shapes;
  };
}

/**
 * Judges a whole page: its frame in full, each record by its object and by the hash of its member names; the first
 * record of every shape is parsed and compared with what was asked. A string says why the page may not leave.
 */
export function judgePage(
  bytes: Buffer,
  scanned: ScannedRecords,
  asked: Asked,
  expectation: RecordsExpectation,
  shapes: KnownShapes,
): JudgedPage | string {
  if (scanned.aggregates > expectation.aggregates) return 'computed rows were not asked for';
  const unknown = scanned.types.find((type) => !shapes.allowed.has(type.toLowerCase()));
  if (unknown !== undefined) return `records of ${unknown.slice(0, 60)} were not asked for`;
  const frame = judgeAround(outline(bytes, scanned), asked, expectation.aggregates > 0, shapes);
  if (typeof frame === 'string') return frame;
  const locators = [...frame.locators];
  // Neighbours are mostly alike: those of a shape just found good are passed over.
  let goodNames = -1n;
  let goodType = -1;
  for (let index = 0; index < scanned.count; index++) {
    if (scanned.parents[index]! >= 0) continue;
    const names = scanned.shapes[index]!;
    const type = scanned.typeOf[index]!;
    if (names === goodNames && type === goodType) continue;
    const key = `${names} ${type}`;
    const before = shapes.good.get(key);
    if (before?.hasLocators === false) {
      goodNames = names;
      goodType = type;
      continue;
    }
    const text = bytes.toString('utf8', scanned.starts[index], scanned.ends[index]);
    if (before === undefined && repeatsMember(text)) return 'a record has a member twice';
    const record: unknown = JSON.parse(text);
    const shape = before ?? judgeRecord(record, shapes.allowed);
    if (typeof shape === 'string') return shape;
    if (shapes.good.size < mostShapes) shapes.good.set(key, shape);
    if (shape.hasLocators) locators.push(...nestedLocators(record));
  }
  return { locators };
}

/** A page of a query is judged by its outline alone, other answers by what was asked as well. */
function judgeAround(
  text: string,
  asked: Asked,
  hasAggregates: boolean,
  { outlines }: KnownShapes,
): JudgedOutline | string {
  const judge = () => judgeOutline(readOutline(text), asked, hasAggregates);
  const isPage = asked.kind === 'query' || asked.kind === 'query-more';
  return isPage ? outlines(hasAggregates ? `computed ${text}` : text, judge) : judge();
}
