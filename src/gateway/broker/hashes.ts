import { hash, timingSafeEqual } from 'node:crypto';

/** Base64url SHA-256 of a text: how tokens and secrets of 256 random bits are kept, and `ath` of RFC 9449. */
export const hashOf = (text: string): string => hash('sha256', text, 'base64url');

/** Whether the text hashes so, in a time that tells nothing of where they part. */
export const isHashOf = (text: string, expected: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(text)), Buffer.from(expected));
