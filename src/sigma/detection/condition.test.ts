import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fires, ruleOf } from '../rule.fixture.ts';

type Expression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'some'; readonly quantifier: '1' | 'any' | 'all'; readonly pattern: string };

const names = ['selection_a', 'selection_b', 'filter_main', 'keywords', '_hidden_a'];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...names) }),
    fc.record({
      kind: fc.constant('some' as const),
      quantifier: fc.constantFrom('1' as const, 'any' as const, 'all' as const),
      pattern: fc.constantFrom('them', 'selection_*', '*_a', 'f*_*n', '_*', 'keywords', '*'),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}));

const binding = { or: 0, and: 1, not: 2, some: 3, name: 3 };

/** With no more parentheses than precedence asks for. */
function write(of: Expression): string {
  const inside = (part: Expression, atLeast: number): string =>
    binding[part.kind] < atLeast ? `(${write(part)})` : write(part);
  switch (of.kind) {
    case 'name':
      return of.name;
    case 'some':
      return `${of.quantifier} of ${of.pattern}`;
    case 'not':
      return `not ${inside(of.of, binding.not)}`;
    default:
      return `${inside(of.left, binding[of.kind])} ${of.kind} ${inside(of.right, binding[of.kind])}`;
  }
}

function evaluate(of: Expression, held: ReadonlySet<string>): boolean {
  switch (of.kind) {
    case 'name':
      return held.has(of.name);
    case 'not':
      return !evaluate(of.of, held);
    case 'and':
      return evaluate(of.left, held) && evaluate(of.right, held);
    case 'or':
      return evaluate(of.left, held) || evaluate(of.right, held);
    case 'some': {
      const pattern = new RegExp(`^${of.pattern === 'them' ? '.*' : of.pattern.replaceAll('*', '.*')}$`);
      const chosen = names.filter(
        (name) => pattern.test(name) && (of.pattern.startsWith('_') || !name.startsWith('_')),
      );
      return of.quantifier === 'all' ? chosen.every((name) => held.has(name)) : chosen.some((name) => held.has(name));
    }
  }
}

test('conditions mean what their tree means', () => {
  const identifiers = names.map((name) => `${name}: {${name}: 1}`).join('\n');
  fc.assert(
    fc.property(expression, fc.subarray(names), (tree, held) => {
      const condition = write(tree);
      const found = fires(
        ruleOf(`${identifiers}\ncondition: ${condition}`),
        Object.fromEntries(held.map((name) => [name, 1])),
      );
      assert.equal(found, evaluate(tree, new Set(held)), `${condition} on ${held}`);
    }),
    { numRuns: 500 },
  );
});

test('an identifier may be called after what it stands near', () => {
  assert.ok(fires(ruleOf('near-by: {f: 1}\ncondition: near-by'), { f: 1 }));
  assert.ok(fires(ruleOf('near_1: {f: 1}\ncondition: 1 of near*'), { f: 1 }));
});
