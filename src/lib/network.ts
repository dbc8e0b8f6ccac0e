import ipaddr from 'ipaddr.js';

/**
 * The network an address belongs to, as far as the address alone tells: its /16 (IPv4) or /32 (IPv6), the size of block
 * in which providers usually hold addresses. `undefined` for what is no address, such as Salesforce's literal
 * `Salesforce.com IP`.
 */
export function networkOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const [base] = ipaddr.parseCIDR(`${parsed.toString()}/${parsed.kind() === 'ipv4' ? 16 : 32}`);
  const bytes = base.toByteArray();
  return parsed.kind() === 'ipv4'
    ? `${bytes[0]}.${bytes[1]}.0.0/16`
    : `${ipaddr.fromByteArray([...bytes.slice(0, 4), ...new Array(12).fill(0)]).toString()}/32`;
}
