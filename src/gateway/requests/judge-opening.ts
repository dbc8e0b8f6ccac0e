import type { Opening, Refusal } from '../call.ts';
import { operationsOf, type Planning } from './draft.ts';
import { judgeQuery } from './judge-query.ts';
import type { Operation } from './policy-view.ts';
import { readQuery } from './read-query.ts';
import { readSoql } from './read-soql.ts';
import { isRefusal } from './refuse.ts';

/**
 * What the policy in force has against a query that was opened under another one: its filter and order included, for
 * whom they chose shows what they hide. `basic`: the operation that asks for its answers.
 */
export function judgeOpening(
  basic: Operation,
  opening: Pick<Opening, 'query' | 'expectation'>,
  { policy, memory }: Pick<Planning, 'policy' | 'memory'>,
): readonly Refusal[] {
  const needs = operationsOf(basic, opening);
  return memory.judgedOpenings(`${needs.join()} ${opening.query}`, () => {
    const query = readSoql(opening.query);
    if (isRefusal(query)) return [query];
    const reading = readQuery(query, policy.relationships);
    return isRefusal(reading) ? [reading] : judgeQuery(reading, needs, policy);
  });
}
