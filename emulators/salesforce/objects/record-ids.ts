import { salesforceId } from '#emulators/house/salesforce-id.ts';
import { toLongId } from '#lib/salesforce-id.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checkCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const isCapital = (digit: string): boolean => digit >= 'A' && digit <= 'Z';

/** Two digits of an id and which of them are capitals, by their number under 62². */
const pairs: readonly string[] = [...digits].flatMap((high) => [...digits].map((low) => high + low));
const capitals = Uint8Array.from(
  pairs,
  ([high = '', low = '']) => (isCapital(high) ? 1 : 0) | (isCapital(low) ? 2 : 0),
);

/** Ids of one object by row number, as `salesforceId` makes them; an export needs three of them for each record. */
export function idsOf(keyPrefix: string): (row: number) => string {
  const first = salesforceId(keyPrefix, 0);
  const [head, checked] = [first.slice(0, 10), first.slice(15, 17)];
  return (row) => {
    const [high, middle, low] = [Math.floor(row / 14_776_336), Math.floor(row / 3_844) % 3_844, row % 3_844];
    if (high >= 62) return salesforceId(keyPrefix, row);
    const bits = (isCapital(digits[high]!) ? 1 : 0) | (capitals[middle]! << 1) | (capitals[low]! << 3);
    return `${head}${digits[high]}${pairs[middle]}${pairs[low]}${checked}${checkCharacters[bits]}`;
  };
}

/** The row of an id of 15 or 18 characters, where the id's number is the row's. */
export function rowOfId(keyPrefix: string, size: number, id: string): number | undefined {
  const short = id.slice(0, 15);
  if (short.length !== 15 || !short.startsWith(keyPrefix) || (id.length !== 15 && id !== toLongId(short))) {
    return undefined;
  }
  let row = 0;
  for (const character of short.slice(5)) row = row * 62 + digits.indexOf(character);
  return row < size && salesforceId(keyPrefix, row) === toLongId(short) ? row : undefined;
}
