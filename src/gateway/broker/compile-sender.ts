import ipaddr from 'ipaddr.js';
import type { SenderTier } from '#model/release.ts';
import type { SenderRule } from './registration.ts';

/** A sender rule made ready for every call. */
export interface CompiledSender {
  readonly tier: SenderTier;
  readonly certificates: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  /** True where the rule names no network. */
  isFromNetwork(address: string): boolean;
}

/** Addresses whose answer is remembered, for each rule. */
const rememberedAddresses = 1024;

export function compileSender(rule: SenderRule): CompiledSender {
  return {
    tier: rule.tier,
    certificates: new Set(rule.certificates),
    keys: new Set(rule.keys),
    isFromNetwork: rule.networks.length === 0 ? () => true : compileNetworks(rule.networks),
  };
}

function compileNetworks(networks: readonly string[]): (address: string) => boolean {
  const ranges = networks.map((network) => ipaddr.parseCIDR(network));
  const known = new Map<string, boolean>();
  const judge = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([start, length]) => parsed.kind() === start.kind() && parsed.match(start, length));
  };
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    if (known.size >= rememberedAddresses) known.clear();
    const isInside = judge(address);
    known.set(address, isInside);
    return isInside;
  };
}
