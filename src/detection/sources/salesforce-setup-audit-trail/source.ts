import { Fingerprint, seedOf } from '#lib/fingerprint.ts';
import { parseInstant } from '#lib/instant.ts';
import { toLongId } from '#lib/salesforce-id.ts';
import { parseZonedInstant } from '#lib/zoned-instant.ts';
import { Slots } from '#model/event.ts';
import type { CellsReader, Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { isObject, textOf } from '../record-values.ts';
import { classifyChange } from './classify-change.ts';
import { setNames } from './read-names.ts';

interface Change {
  readonly id: string | undefined;
  readonly time: string;
  readonly byId: string | undefined;
  readonly byName: string | undefined;
  /** `insertConnectedApplication`; a download from Setup has none. */
  readonly action: string | undefined;
  /** `Installed Connected App My Ticket Portal to Salesforce` */
  readonly sentence: string | undefined;
  readonly section: string | undefined;
}

function readChange(change: Change): Reading | Invalid {
  const time = parseInstant(change.time) ?? parseZonedInstant(change.time);
  if (change.time === 'CreatedDate' || change.time === 'Date') return { invalid: 'stray header row' };
  if (time === undefined)
    return {
      invalid: `the date is "${change.time.slice(0, 40)}", expected an ISO 8601 time or 9/10/2026, 4:21:14 AM PDT`,
    };
  if (change.action === undefined && change.sentence === undefined)
    return { invalid: 'neither Action nor Display, expected what was changed' };
  const slots = new Slots();
  slots.activity_name = classifyChange(change.action, change.sentence);
  slots['metadata.event_code'] = change.action ?? 'SetupAuditTrail';
  slots['metadata.product.name'] = 'Salesforce';
  slots['api.service.name'] = 'Setup';
  slots['api.operation'] = change.section;
  slots['actor.user.uid'] = change.byId === undefined ? undefined : toLongId(change.byId);
  slots['actor.user.name'] = change.byName?.toLowerCase();
  slots.status_id = 1;
  slots.message = change.sentence;
  if (change.sentence !== undefined) setNames(slots, change.sentence);
  slots['user.uid'] = slots['user.uid'] === undefined ? undefined : toLongId(slots['user.uid']);
  slots['entity.uid'] = slots['entity.uid'] === undefined ? undefined : toLongId(slots['entity.uid']);
  return { time, key: keyOf(change, time), slots };
}

const seeds = {
  byName: seedOf('User'),
  byId: seedOf('CreatedById'),
  sentence: seedOf('Display'),
  section: seedOf('Section'),
};

/** The record's own id; a download from Setup has none, and is told apart by what it says. */
function keyOf(change: Change, time: number): string | Fingerprint {
  if (change.id !== undefined) return toLongId(change.id);
  const print = new Fingerprint(time);
  for (const [name, seed] of Object.entries(seeds)) print.add(seed, change[name as keyof typeof seeds] ?? '');
  return print;
}

function readCsv(header: readonly string[]): CellsReader | undefined {
  const names = header.map((name) =>
    name
      .replace(/[\ufeff"]/g, '')
      .trim()
      .toLowerCase(),
  );
  const isDownload = names.includes('date') && names.includes('action') && names.includes('section');
  const isExport =
    names.includes('createddate') &&
    names.includes('action') &&
    (names.includes('display') || names.includes('section'));
  if (!isDownload && !isExport) return undefined;
  return (cells) => {
    if (cells.length !== names.length) return { invalid: `${cells.length} cells, expected ${names.length}` };
    const cell = (name: string): string | undefined => textOf(cells.at(names.indexOf(name)));
    return readChange({
      id: cell('id'),
      time: cell(isExport ? 'createddate' : 'date') ?? '',
      byId: cell('createdbyid'),
      byName: cell('createdby.username') ?? cell('user'),
      // The Setup page calls the sentence Action.
      action: isExport ? cell('action') : undefined,
      sentence: isExport ? cell('display') : cell('action'),
      section: cell('section'),
    });
  };
}

function readObject(value: JsonObject): Reading | Invalid {
  const creator = value['CreatedBy'];
  return readChange({
    id: textOf(value['Id']),
    time: textOf(value['CreatedDate']) ?? '',
    byId: textOf(value['CreatedById']),
    byName: isObject(creator) ? textOf(creator['Username']) : textOf(value['CreatedBy.Username']),
    action: textOf(value['Action']),
    sentence: textOf(value['Display']),
    section: textOf(value['Section']),
  });
}

function acceptsObject(value: JsonObject): boolean {
  const attributes = value['attributes'];
  if (isObject(attributes) && attributes['type'] === 'SetupAuditTrail') return true;
  return textOf(value['Action']) !== undefined && 'CreatedDate' in value && ('Display' in value || 'Section' in value);
}

/**
 * Who changed what in Setup, for the last 180 days, in every organisation: records of SetupAuditTrail, their CSV, and
 * the CSV that the Setup page View Setup Audit Trail offers for download.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupaudittrail.htm
 */
export const source: Source = {
  name: 'salesforce-setup-audit-trail',
  title: 'Salesforce setup audit trail',
  lag: 'minutes',
  longestLagMs: 15 * 60_000,
  readCsv,
  acceptsObject,
  readObject,
};
