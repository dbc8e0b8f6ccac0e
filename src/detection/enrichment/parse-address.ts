import ipaddr from 'ipaddr.js';

export interface ParsedAddress {
  readonly kind: 'ipv4' | 'ipv6';
  readonly number: bigint;
}

/** An IPv4 address in four parts, or IPv6; an IPv4 address written as IPv6 is the former. Undefined for anything else. */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  const number = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { kind: address.kind(), number };
}
