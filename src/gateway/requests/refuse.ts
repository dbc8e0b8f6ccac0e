import type { Refusal } from '../call.ts';

/** Every message begins alike, so that whoever reads a client's error knows that the gateway spoke, not the CRM. */
const refuse =
  (status: Refusal['status'], errorCode: string) =>
  (reason: string, message: string): Refusal => ({ status, errorCode, message: `Cordon gateway: ${message}`, reason });

/** The request itself is wrong. */
export const refuseRequest = refuse(400, 'BAD_REQUEST');
export const refuseQuery = refuse(400, 'MALFORMED_QUERY');
export const refuseId = refuse(400, 'MALFORMED_ID');
export const refuseLocator = refuse(400, 'INVALID_QUERY_LOCATOR');
export const refuseJson = refuse(400, 'JSON_PARSER_ERROR');
/** There is no such thing, or it is another's: told alike. */
export const refuseAsAbsent = refuse(404, 'NOT_FOUND');
/** The policy does not grant it. */
export const refuseAccess = refuse(403, 'INSUFFICIENT_ACCESS');
export const refuseOverBudget = refuse(403, 'REQUEST_LIMIT_EXCEEDED');
/** The gateway does not speak it. */
export const refuseUnspoken = refuse(403, 'FUNCTIONALITY_NOT_ENABLED');
export const refuseSize = refuse(431, 'URI_TOO_LONG');
export const refuseBodySize = refuse(413, 'REQUEST_ENTITY_TOO_LARGE');
export const refuseMediaType = refuse(415, 'UNSUPPORTED_MEDIA_TYPE');

export const isRefusal = (value: object): value is Refusal => 'errorCode' in value;
