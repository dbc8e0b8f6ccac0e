import type { ObjectPolicy, Policy } from './policy.ts';

/**
 * Whether records of the object count under budgets of customers. Reference data names nobody, so it does not; but under
 * a policy that bounds its records by no other budget each still counts as a new customer: which of them a filter finds
 * tells about customers too.
 */
export function countsCustomers(
  { budgets }: Pick<Policy, 'budgets'>,
  { name, customer, isReference }: Pick<ObjectPolicy, 'name' | 'customer' | 'isReference'>,
): boolean {
  if (!isReference || customer !== undefined) return true;
  return !budgets.some(({ kind, object = name }) => kind === 'records' && object.toLowerCase() === name.toLowerCase());
}
