import { z } from 'zod';
import { readYaml, type YamlRead } from '#lib/read-yaml.ts';
import type { Slots } from '#model/event.ts';
import { compileTextPatterns, parseTextPattern } from '#sigma/detection/text-pattern.ts';
import { AddressSet } from './address-set.ts';

const schema = z.array(
  z.strictObject({
    vendor: z.string().min(1).describe('The third party, as people call it'),
    apps: z
      .array(z.string().min(1))
      .min(1)
      .describe('Names or ids of its connected apps; `*` for any run of characters'),
    owner: z.string().min(1).optional().describe('Who answers for it in the house'),
    networks: z.array(z.string()).default([]).describe('Addresses and networks it declared it calls from'),
  }),
);

/** Which app is which third party's. */
export interface VendorRegister {
  /** The vendor of the app, and whether it calls from where it said it would. */
  find(slots: Slots): VendorFacts | undefined;
}

export interface VendorFacts {
  readonly name: string;
  readonly owner: string | undefined;
  /** `undefined` where it declared nothing, or the event names no address. */
  readonly network: 'declared' | 'undeclared' | undefined;
}

/** Reads the register; faults with line and column. The first vendor that an app fits has it. */
export function readVendorRegister(text: string, path: string): YamlRead<VendorRegister> {
  const read = readYaml(text, path, schema);
  if (!read.ok) return read;
  const vendors = read.value.map(({ vendor, apps, owner, networks }) => {
    const set = new AddressSet<true>();
    const unread = networks.filter((network) => !set.add(network, true));
    return {
      vendor,
      owner,
      isIts: compileTextPatterns(
        apps.map((app) => parseTextPattern(app)),
        false,
      ),
      set,
      unread,
    };
  });
  const faults = vendors.flatMap(({ vendor, unread }) =>
    unread.map((found) => ({
      kind: 'invalid' as const,
      where: `${path} ${vendor}.networks`,
      found,
      expected: 'an address or a network',
    })),
  );
  if (faults.length > 0) return { ok: false, failure: faults };
  return {
    ok: true,
    value: {
      find(slots) {
        const names = [slots['actor.app_name'], slots['actor.app_uid']].filter((name) => name !== undefined);
        const found = vendors.find(({ isIts }) => names.some(isIts));
        if (found === undefined) return undefined;
        const address = slots['src_endpoint.ip'];
        const isTold = found.set.size > 0 && address !== undefined;
        const network = isTold ? (found.set.find(address).length > 0 ? 'declared' : 'undeclared') : undefined;
        return { name: found.vendor, owner: found.owner, network };
      },
    },
  };
}
