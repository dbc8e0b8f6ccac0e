import assert from 'node:assert/strict';
import type { JsonObject, Reading, Source } from '#model/source.ts';
import { ObjectFormat } from './object-format.ts';

/** For tests: the readings of a record that the source must accept and be able to read. */
export function readActs(source: Source, record: JsonObject): readonly Reading[] {
  assert.ok(source.acceptsObject!(record), JSON.stringify(record));
  const acts = new ObjectFormat(source, false).read(record);
  assert.ok(!('invalid' in acts), JSON.stringify(acts));
  return acts.map(({ reading }) => reading);
}

export const readAct = (source: Source, record: JsonObject): Reading => readActs(source, record)[0]!;

/** For tests: why a record that the source accepts cannot be read. */
export function refusalOf(source: Source, record: JsonObject): string {
  assert.ok(source.acceptsObject!(record), JSON.stringify(record));
  const acts = new ObjectFormat(source, false).read(record);
  assert.ok('invalid' in acts, JSON.stringify(acts));
  return acts.invalid;
}
