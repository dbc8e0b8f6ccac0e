import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openAddressRanges } from './address-ranges.ts';

/** What public registers say of an address: who announces it, and the country its block is registered in. */
export interface AddressFacts {
  readonly number: number | undefined;
  readonly name: string | undefined;
  /** ISO 3166-1 alpha-2; of the block's holder, not of whoever sits behind it. */
  readonly country: string | undefined;
}

/**
 * Autonomous systems by RouteViews and DB-IP, countries by the regional registries, as the ip-location-db packages
 * carry them. Where a package is not installed, what it would say is undefined.
 */
export function openAddressFacts(): (address: string) => AddressFacts {
  const systems = openPackage('@ip-location-db/asn', 'asn');
  const countries = openPackage('@ip-location-db/geo-whois-asn-country', 'geo-whois-asn-country');
  return (address) => {
    const system = systems?.find(address);
    return {
      number: system === undefined ? undefined : Number(system[0]),
      name: system?.[1],
      country: countries?.find(address)?.[0],
    };
  };
}

function openPackage(name: string, file: string): ReturnType<typeof openAddressRanges> {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
  return openAddressRanges({ ipv4: join(folder, `${file}-ipv4-num.csv`), ipv6: join(folder, `${file}-ipv6-num.csv`) });
}
