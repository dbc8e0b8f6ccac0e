/** What an exposure can be asked about. */
export const subjectKinds = {
  integration: { name: 'An integration', hint: 'Its name at the gateway, e.g. agenda-sync' },
  incident: { name: 'An incident', hint: 'Its id, e.g. inc-3f9a1c2b: what left by the tokens it names' },
  token: { name: 'A token', hint: 'The id of a Cordon token, e.g. from an incident' },
  customer: { name: 'A customer', hint: 'The id of the record, 15 or 18 characters' },
} as const;

export type SubjectKind = keyof typeof subjectKinds;

export const isSubjectKind = (text: string | undefined): text is SubjectKind =>
  text !== undefined && Object.hasOwn(subjectKinds, text);

/** Ids of Cordon's tokens, as the gateway's log and ledger name them. */
export const isTokenId = (text: string): boolean => /^token-[0-9a-f]{20}$/.test(text);

/** A record id of the CRM, as `api/exposure/customer` takes it. */
export const isRecordId = (text: string): boolean => /^[a-zA-Z0-9]{5}0[a-zA-Z0-9]{9}([A-Z0-5]{3})?$/.test(text);

/** What an id that says itself what it is stands for. */
export function kindOf(text: string): SubjectKind | undefined {
  if (isTokenId(text)) return 'token';
  return /^inc-[0-9a-f]{8}$/.test(text) ? 'incident' : undefined;
}
