import { toLongId } from '#lib/salesforce-id.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The org's pod, characters 4 to 5 of every record id. */
const pod = 'Jx';

/** The 18-character id of record number `index` of the object with this three-character key prefix (`003` Contact). */
export function salesforceId(keyPrefix: string, index: number): string {
  let tail = '';
  let rest = index;
  for (let place = 0; place < 10; place++) {
    tail = digits.charAt(rest % 62) + tail;
    rest = Math.floor(rest / 62);
  }
  return toLongId(keyPrefix + pod + tail);
}
