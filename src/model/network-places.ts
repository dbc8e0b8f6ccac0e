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
export const privateNetworks: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

export const usualPlaces: NetworkPlaces = { crmHosts: salesforceHosts, insideNetworks: privateNetworks };
