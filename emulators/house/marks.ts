import { mix } from '#lib/random.ts';
import { salesforceId } from './salesforce-id.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The random-looking marks by which vendors tie log lines together, each following from a number alone. */
export const sessionKeyOf = (session: number): string => characters(session, 0x51, 16);
export const loginKeyOf = (session: number): string => characters(session, 0x4c, 16);
export const loginHistoryIdOf = (session: number): string => salesforceId('0Ya', session);

/** 22 characters as in the REQUEST_ID column. */
export const requestIdOf = (serial: number): string =>
  `4${characters(serial, 0x52, 21)}`.replaceAll('+', '-').replaceAll('/', '_');

/** A version-4-shaped UUID. */
export function uuidOf(serial: number, salt: number): string {
  const a = word(serial, salt);
  const b = word(serial, salt + 1);
  const c = word(serial, salt + 2);
  const d = word(serial, salt + 3);
  return `${octets(a)}-${pair(b >>> 16)}-4${pair(b & 0xfff).slice(1)}-${pair(0x8000 | (c & 0x3fff))}-${pair(c >>> 16)}${octets(d)}`;
}

const word = (serial: number, salt: number): number =>
  mix(mix((serial >>> 0) ^ Math.imul(salt, 0x9e3779b1)) ^ Math.floor(serial / 0x1_0000_0000));

const pair = (value: number): string => hex[(value >>> 8) & 0xff]! + hex[value & 0xff]!;
const octets = (value: number): string => pair(value >>> 16) + pair(value);

function characters(serial: number, salt: number, length: number): string {
  let text = '';
  let bits = 0;
  for (let place = 0; place < length; place++) {
    if (place % 5 === 0) bits = word(serial, salt + 0x100 * (place + 1));
    text += alphabet.charAt(bits & 63);
    bits >>>= 6;
  }
  return text;
}
