import { recordField } from '#lib/record-field.ts';
import type { JsonObject } from '#model/source.ts';

/**
 * A field of a vendor's record, as `recordField` finds it. Besides, `text(targetResources)` is the JSON text of that
 * field and `text()` that of the record, for rules that search a branch as one text.
 */
export function vendorField(record: JsonObject, name: string): unknown {
  if (!name.startsWith('text(') || !name.endsWith(')')) return recordField(record, name);
  const branch = name.slice('text('.length, -1);
  const value = branch === '' ? record : recordField(record, branch);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
