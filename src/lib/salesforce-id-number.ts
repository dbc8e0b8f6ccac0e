import { toLongId } from './salesforce-id.ts';

/** Digits of the base-62 number in an id. Ids of Salesforce count in this order. */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const values = new Map([...digits].map((digit, value) => [digit, BigInt(value)]));

/**
 * An id's first six characters, and the nine behind them as a number under 62⁹ (54 bits: beyond what a double holds).
 * Takes 15 or 18 characters; undefined when it is no id or its check characters are wrong.
 */
export function splitId(id: string): { readonly prefix: string; readonly number: bigint } | undefined {
  const short = id.slice(0, 15);
  if (short.length !== 15 || (id.length !== 15 && toLongId(short) !== id)) return undefined;
  let number = 0n;
  for (const character of short) if (!values.has(character)) return undefined;
  for (const character of short.slice(6)) number = number * 62n + values.get(character)!;
  return { prefix: short.slice(0, 6), number };
}

/** The 18-character id. */
export function joinId(prefix: string, number: bigint): string {
  let rest = '';
  for (let value = number; rest.length < 9; value /= 62n) rest = digits[Number(value % 62n)] + rest;
  return toLongId(prefix + rest);
}
