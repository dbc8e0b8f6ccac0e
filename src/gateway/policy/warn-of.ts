import { listInWords } from '#lib/words.ts';
import type { SenderTier } from '#model/release.ts';
import { countsCustomers } from './counts-customers.ts';
import { openMirrors } from './mirrors.ts';
import type { Policy } from './policy.ts';

/**
 * What a policy leaves open, the gravest first, in sentences for every page and report that shows it. Empty for a policy
 * that bounds everything and enforces it. `tier`: what binds its tokens, where that is known.
 */
export function warnOf(policy: Policy, tier?: SenderTier): readonly string[] {
  const { integration, uncounted, dryRun, budgets, objects } = policy;
  const isBounded = (name: string): boolean =>
    budgets.some(({ kind, object }) => kind !== 'counts' && (object ?? name).toLowerCase() === name.toLowerCase());
  const unbounded = objects.filter(({ name }) => !isBounded(name)).map(({ name }) => name);
  const hasBudgetOfCustomers = budgets.some(({ kind }) => kind === 'customers');
  const uncertain = objects.filter((object) => object.customer === undefined && countsCustomers(policy, object));
  const mirrored = openMirrors(policy);
  const warnings: (string | false)[] = [
    dryRun && `Dry run: ${integration} is let do what this policy refuses; refusals are only reported.`,
    uncounted.length > 0 &&
      `Uncounted: what ${integration} reads at ${listInWords(uncounted.map(({ path }) => path))} is in no ledger and under no budget. Its exposure is unbounded.`,
    unbounded.length > 0 && `Unlimited: no budget bounds how much of ${listInWords(unbounded)} may leave.`,
    mirrored.length > 0 &&
      `Mirrored: ${listInWords(mirrored.map(({ mirror }) => mirror))} ${mirrored.length === 1 ? 'shows' : 'show'} what is left out of Contact (${listInWords([...new Set(mirrored.map(({ of }) => of))])}). Leave out or deny there too, and formula fields that show the same.`,
    policy.networks === 'any' &&
      (tier === undefined || tier === 'unbound') &&
      'Calls may come from any network: a stolen token works anywhere, unless it is bound to a certificate.',
    hasBudgetOfCustomers &&
      uncertain.length > 0 &&
      `No field leads to the customer of ${listInWords(uncertain.map(({ name }) => name))}: every record counts as a new customer.`,
  ];
  return warnings.filter((warning) => warning !== false);
}
