import { createCipheriv, createDecipheriv } from 'node:crypto';

/** So many unpredictable bytes. */
export type RandomBytes = (bytes: number) => Uint8Array;

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D): nonce, ciphertext and tag in one piece; `context` is authenticated beside it. */
export function seal(key: Uint8Array, plain: Uint8Array, context: Uint8Array, random: RandomBytes): Uint8Array {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plain bytes; undefined when key, context or any byte is not what was sealed. */
export function openSealed(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(context).setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
