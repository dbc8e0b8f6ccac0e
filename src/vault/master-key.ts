import { createHmac } from 'node:crypto';
import { failure, type Result, success } from '#model/result.ts';
import { openSealed, type RandomBytes, seal } from './seal.ts';

/**
 * What wraps the data keys: a key in memory, or a hook to where the key may never leave (PKCS#11, a cloud's key
 * service). `context` is authenticated, not hidden: a wrapped key opens only under the context it was wrapped for.
 * `unwrap` fails with `invalid` when key, context or bytes are wrong, with `later` when the keeper cannot be reached.
 */
export interface MasterKey {
  /** Names the key without telling anything about it; kept beside every secret. */
  readonly id: string;
  wrap(dataKey: Uint8Array, context: Uint8Array): Promise<Result<Uint8Array>>;
  unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Result<Uint8Array>>;
}

/**
 * A master key of 32 bytes held in memory (AES-256-GCM). Random nonces of 96 bits: good for 2³² wraps, NIST SP 800-38D
 * section 8.3; a wrap is one stored secret.
 */
export function createMasterKey(key: Uint8Array, random: RandomBytes): MasterKey {
  if (key.length !== 32) throw new RangeError(`a master key has 32 bytes, not ${key.length}`);
  const own = Uint8Array.from(key);
  const id = createHmac('sha256', own).update('cordon vault master key').digest('hex').slice(0, 16);
  return {
    id,
    wrap: async (dataKey, context) => success(seal(own, dataKey, context, random)),
    unwrap: async (wrapped, context) => {
      const dataKey = openSealed(own, wrapped, context);
      return dataKey === undefined
        ? failure({
            kind: 'invalid',
            where: 'vault',
            found: 'a data key that does not open',
            expected: `one wrapped by master key ${id} for this very secret`,
          })
        : success(dataKey);
    },
  };
}
