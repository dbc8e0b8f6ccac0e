import { createHash, timingSafeEqual } from 'node:crypto';

/** `count` random bytes. */
export type Random = (count: number) => Uint8Array;

/** 256 random bits as base64url. */
export const newSecret = (random: Random): string => Buffer.from(random(32)).toString('base64url');

/** SHA-256 as hex: enough for secrets of 256 random bits, which nobody can guess; passwords take argon2id. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares without telling by its duration where the difference is. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));
