import { z } from 'zod';
import { isSalesforceId } from '#lib/salesforce-id.ts';
import type { Asked, Refusal } from '../call.ts';
import { readJson } from './read-json.ts';
import { isRefusal, refuseAsAbsent, refuseId, refuseRequest, refuseUnspoken } from './refuse.ts';
import { type DataCall, onlyGet, type Route, refusesParameters } from './route.ts';
import { refuseWrite } from './unspoken.ts';

/** Records of one collection read. REST API Developer Guide, "Get Multiple Records with Fields". */
const mostIds = 2000;
const mostFields = 500;
const rowsBytes = 256 * 1024;

const name = /^[A-Za-z]\w{0,79}$/;
const rows = z.strictObject({ ids: z.array(z.string()), fields: z.array(z.string()) });

/** `/sobjects`, `/sobjects/Contact/describe`, `/sobjects/Contact/ID?fields=…`. */
export function sobjectRoute(call: DataCall): Route | Refusal | undefined {
  const [, object, row] = call.segments;
  if (call.method !== 'GET') return refuseWrite(call.method.slice(0, 20), 'sobjects');
  if (object === undefined) return onlyGet(call, { kind: 'describe', object: undefined });
  if (!name.test(object)) return refuseAsAbsent('unknown-object', 'an object has a name of letters, digits and "_"');
  if (row === undefined)
    return refuseUnspoken('recent-items', 'sobjects/OBJECT also answers recently seen records; ask for its describe');
  if (call.segments.length > 3) return undefined;
  if (row === 'describe') return onlyGet(call, { kind: 'describe', object });
  if (!isSalesforceId(row)) return undefined;
  const fields = call.parameters.get('fields');
  return readRows('row', object, [row], listOf(fields), (asked) => onlyGet(call, asked, ['fields']));
}

/** `GET /composite/sobjects/Contact?ids=…&fields=…` and the same as POST, which alone has room for 2,000 ids. */
export function sobjectRowsRoute(call: DataCall): Route | Refusal | undefined {
  const [, , object] = call.segments;
  if (call.segments.length > 3) return undefined;
  const isRead = object !== undefined && (call.method === 'GET' || call.method === 'POST');
  if (!isRead) return refuseWrite(call.method.slice(0, 20), 'a collection of records');
  if (!name.test(object)) return refuseAsAbsent('unknown-object', 'an object has a name of letters, digits and "_"');
  const { parameters } = call;
  if (call.method === 'GET') {
    const ids = listOf(parameters.get('ids')) ?? [];
    const fields = listOf(parameters.get('fields')) ?? [];
    return readRows('rows', object, ids, fields, (asked) => onlyGet(call, asked, ['ids', 'fields']));
  }
  const refusal = refusesParameters(parameters, []);
  if (refusal !== undefined) return refusal;
  const read = (body: Uint8Array | undefined): Asked | Refusal => {
    const wanted = readJson(body, rows);
    if (isRefusal(wanted)) return wanted;
    return readRows('rows', object, wanted.value.ids, wanted.value.fields, (asked) => asked);
  };
  return { bodyBytes: rowsBytes, read };
}

const listOf = (text: string | undefined): readonly string[] | undefined => text?.split(',').map((each) => each.trim());

function readRows<Answer>(
  form: 'row' | 'rows',
  object: string,
  ids: readonly string[],
  fields: readonly string[] | undefined,
  finish: (asked: Asked) => Answer,
): Answer | Refusal {
  if (ids.length === 0 || ids.length > mostIds || !ids.every(isSalesforceId))
    return refuseId('malformed-id', `this call takes 1 to ${mostIds} ids of 15 or 18 characters`);
  const isFieldList =
    fields === undefined ||
    (fields.length > 0 && fields.length <= mostFields && fields.every((field) => name.test(field)));
  if (!isFieldList)
    return refuseRequest('malformed-fields', 'fields is a list of names of the object itself, without relations');
  return finish({ kind: 'retrieve', form, object, ids, fields });
}
