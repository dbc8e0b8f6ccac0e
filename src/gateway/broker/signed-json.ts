/** A compact JWS with a JSON object as payload (RFC 7515 section 7.1), not yet verified. */
export interface SignedJson {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const form = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Undefined for anything that is not one. */
export function parseSignedJson(text: string): SignedJson | undefined {
  const [, head, body, signature] = form.exec(text) ?? [];
  if (head === undefined || body === undefined || signature === undefined) return undefined;
  const header = parseObject(head);
  const claims = parseObject(body);
  if (header === undefined || claims === undefined) return undefined;
  return { header, claims, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, 'base64url') };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
