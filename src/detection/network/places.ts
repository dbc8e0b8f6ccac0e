import ipaddr from 'ipaddr.js';

/** Whether a name is one of the patterns', e.g. `brand.my.salesforce.com` of `*.salesforce.com`. */
export function hostMatcher(patterns: readonly string[]): (host: string) => boolean {
  const exact = new Set<string>();
  const under = new Set<string>();
  for (const pattern of patterns) {
    const name = pattern.toLowerCase();
    exact.add(name.replace(/^\*\./, ''));
    if (name.startsWith('*.')) under.add(name.slice(2));
  }
  return (host) => {
    if (exact.has(host)) return true;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
      if (under.has(host.slice(dot + 1))) return true;
    return false;
  };
}

/** Whether an address lies in one of the blocks; false for what is no address. Throws for what is no block. */
export function networkMatcher(blocks: readonly string[]): (address: string) => boolean {
  const ranges = blocks.map((block) => ipaddr.parseCIDR(block));
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  };
}

/** What an unnamed far end is known by: its /24 (IPv4) or /48 (IPv6), the least that is routed and given to one customer. */
export function blockOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${bytes.slice(0, 3).join('.')}.0/24`;
  return `${ipaddr.fromByteArray([...bytes.slice(0, 6), ...new Array<number>(10).fill(0)]).toString()}/48`;
}
