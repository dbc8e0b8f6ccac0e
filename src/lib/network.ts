import ipaddr from 'ipaddr.js';

/**
 * The network an address belongs to, as far as the address alone tells: its /16 (IPv4) or /32 (IPv6), the size of block
 * in which providers usually hold addresses. `undefined` for what is no address, such as Salesforce's literal
 * `Salesforce.com IP`.
 */
export function networkOf(address: string): string | undefined {
  // Nearly every address in a log is a plain dotted quad; a full parse of each costs more than reading its line.
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (quad?.slice(1).every((part) => Number(part) < 256 && !/^0\d/.test(part))) {
    return `${quad[1]}.${quad[2]}.0.0/16`;
  }
  if (!address.includes(':') || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${bytes[0]}.${bytes[1]}.0.0/16`;
  return `${ipaddr.fromByteArray([...bytes.slice(0, 4), ...new Array<number>(12).fill(0)]).toString()}/32`;
}
