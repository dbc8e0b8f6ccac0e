const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checks = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

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
  return withChecksum(keyPrefix + pod + tail);
}

/**
 * Fifteen case-sensitive characters made safe for case-blind systems: each block of five gives one letter whose bits
 * say which of its characters are capitals. https://help.salesforce.com/s/articleView?id=000385585
 */
export function withChecksum(id: string): string {
  let suffix = '';
  for (let block = 0; block < 15; block += 5) {
    let capitals = 0;
    for (let place = 0; place < 5; place++) {
      const character = id.charCodeAt(block + place);
      if (character >= 65 && character <= 90) capitals |= 1 << place;
    }
    suffix += checks.charAt(capitals);
  }
  return id + suffix;
}
