import ipaddr from 'ipaddr.js';

/** Which hosts are the CRM's and which addresses are the house's own. */
export interface NetworkPlaces {
  /** `*.salesforce.com` is that name and all under it; without the asterisk just that name. */
  readonly crmHosts: readonly string[];
  /** CIDR blocks. */
  readonly insideNetworks: readonly string[];
}

/**
 * Where a Salesforce organisation serves its data: my-domain and API hosts, Visualforce, Lightning, files, experiences.
 * Hosts that serve only scripts and pictures are left out. https://help.salesforce.com/s/articleView?id=000389087
 */
export const salesforceHosts: readonly string[] = [
  '*.salesforce.com',
  '*.force.com',
  '*.cloudforce.com',
  '*.documentforce.com',
  '*.forceusercontent.com',
  '*.lightning.com',
  '*.my.site.com',
  '*.salesforce-experience.com',
  '*.salesforce-setup.com',
  '*.visualforce.com',
];

/** RFC 1918, 6598 (carriers), 3927 and 4193, 4291 (link-local). */
const privateNetworks: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

export const usualPlaces: NetworkPlaces = { crmHosts: salesforceHosts, insideNetworks: privateNetworks };

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
