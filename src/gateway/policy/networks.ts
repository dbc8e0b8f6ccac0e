import { BlockList } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Addresses of one family, both ends inclusive. */
interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** The block as its network writes it (`203.0.113.0/24`; an address alone is a block of one); undefined when it is none. */
export function parseNetwork(text: string): string | undefined {
  const [address = '', length] = text.trim().split('/');
  const isWhole = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  if (!isWhole || text.trim().split('/').length > 2) return undefined;
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(prefix <= bits)) return undefined;
  const whole = asNumber(parsed.toByteArray());
  const free = BigInt(bits - prefix);
  const first = (whole >> free) << free;
  const octets = Array.from({ length: bits / 8 }, (_, index) =>
    Number((first >> BigInt(bits - 8 - 8 * index)) & 0xffn),
  );
  return `${ipaddr.fromByteArray(octets).toString()}/${prefix}`;
}

const asNumber = (octets: readonly number[]): bigint => octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);

/** Sorted and apart, by family. */
function rangesOf(networks: 'any' | readonly string[], family: 'ipv4' | 'ipv6'): readonly Range[] {
  const blocks = networks === 'any' ? ['0.0.0.0/0', '::/0'] : networks;
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const block of blocks) {
    const [address, prefix] = ipaddr.parseCIDR(block);
    if (address.kind() !== family) continue;
    const octets = address.toByteArray();
    const from = asNumber(octets);
    ranges.push({ from, to: from + (1n << BigInt(8 * octets.length - prefix)) - 1n });
  }
  ranges.sort((a, b) => (a.from < b.from ? -1 : 1));
  const joined: { from: bigint; to: bigint }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last === undefined || range.from > last.to + 1n) joined.push({ ...range });
    else if (range.to > last.to) last.to = range.to;
  }
  return joined;
}

/** The blocks of `these` that do not lie wholly within `those`. */
export function networksBeyond(these: 'any' | readonly string[], those: 'any' | readonly string[]): readonly string[] {
  const families = { ipv4: rangesOf(those, 'ipv4'), ipv6: rangesOf(those, 'ipv6') };
  const isWithin = (block: string): boolean => {
    const family = block.includes(':') ? 'ipv6' : 'ipv4';
    const [range] = rangesOf([block], family);
    return range === undefined || families[family].some(({ from, to }) => from <= range.from && range.to <= to);
  };
  const beyond = (these === 'any' ? ['0.0.0.0/0', '::/0'] : these).filter((block) => !isWithin(block));
  return these === 'any' && beyond.length > 0 ? ['any network'] : beyond;
}

/** Tells whether an address (IPv4 or IPv6 as text) lies within; what is no address does not. */
export function judgeNetworks(networks: 'any' | readonly string[]): (address: string) => boolean {
  if (networks === 'any') return () => true;
  const inside = new BlockList();
  for (const block of networks) {
    const [address, prefix] = block.split('/');
    inside.addSubnet(address!, Number(prefix), block.includes(':') ? 'ipv6' : 'ipv4');
  }
  return (address) => inside.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
