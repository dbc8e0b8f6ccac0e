import { z } from 'zod';
import type { GatewayDesk } from '#gateway/desk/gateway-desk.ts';
import { failure, type Result, success } from '#model/result.ts';

const words = z.string().min(1).max(2000);
const time = z.coerce
  .number({ error: 'a time in ms since 1970 UTC' })
  .int('a time in whole ms since 1970 UTC')
  .nonnegative('a time since 1970 UTC');
const customerId = z.string().regex(/^\w{15}(\w{3})?$/, 'the 15 or 18 characters of a record id');
const window = { from: time.optional(), to: time.optional() };

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token'), token: words, ...window }),
  z.strictObject({ kind: z.literal('integration'), integration: words, ...window }),
  z.strictObject({ kind: z.literal('customer'), customer: customerId, ...window }),
  z.strictObject({ kind: z.literal('window'), integrations: z.array(words).min(1), from: time, to: time }),
  z.strictObject({ kind: z.literal('incident'), incident: words, tokens: z.array(words).min(1).max(1000), ...window }),
]);

const rows = z.strictObject({ atLeast: z.number().nonnegative(), atMost: z.number().nonnegative().optional() });
const knownIntegration = z.strictObject({ name: words, users: z.array(words), uid: words.optional(), rows });

const registration = z.strictObject({ registration: z.looseObject({}), policy: z.string().min(1) });

const act = z.strictObject({ by: words, why: words });

/** A route's path with `:name` for one segment, and what it does. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly run: (asked: Asked, desk: GatewayDesk) => Promise<Answer>;
}

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Answer = Result<unknown> | { readonly lines: AsyncIterable<string> };

/** All that the control socket speaks. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/gateway', run: async (_, desk) => success(await desk.view()) },
  {
    method: 'POST',
    path: '/gateway/known',
    run: ({ body }, desk) =>
      reading(z.array(knownIntegration).max(5000), body, async (known) => {
        desk.tellKnown(present(known));
        return success({});
      }),
  },
  {
    method: 'GET',
    path: '/gateway/river',
    run: (asked, desk) =>
      reading(
        z.strictObject({ from: time, to: time, step: time.min(1000) }),
        asked.query,
        async ({ from, to, step }) =>
          (to - from) / step > 5000
            ? failure({ kind: 'invalid', where: 'step', found: `${step} ms`, expected: 'at most 5,000 steps' })
            : success(await desk.river(from, to, step)),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/exposure',
    run: (asked, desk) => reading(question, asked.body, (about) => desk.exposure(present(about))),
  },
  {
    method: 'POST',
    path: '/gateway/exposure/customers',
    run: (asked, desk) =>
      reading(question, asked.body, async (about) => {
        const ids = await desk.customers(present(about));
        return ids.ok ? { lines: ids.value } : ids;
      }),
  },
  {
    method: 'POST',
    path: '/gateway/exposure/parquet',
    run: (asked, desk) =>
      reading(z.strictObject({ question, into: words }), asked.body, ({ question: about, into }) =>
        desk.exportParquet(present(about), into),
      ),
  },
  {
    method: 'GET',
    path: '/gateway/tokens',
    run: (asked, desk) =>
      reading(z.strictObject({ integration: words.optional() }), asked.query, async ({ integration }) =>
        success(desk.tokens(integration)),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/tokens/:id/revoke',
    run: ({ params, body }, desk) => reading(act, body, ({ by, why }) => desk.revoke(params['id']!, by, why)),
  },
  { method: 'GET', path: '/gateway/reach/:integration', run: ({ params }, desk) => desk.reach(params['integration']!) },
  {
    method: 'GET',
    path: '/gateway/policies/:integration',
    run: async ({ params }, desk) => desk.policy(params['integration']!),
  },
  {
    method: 'POST',
    path: '/gateway/policies/:integration',
    run: ({ params, body }, desk) =>
      reading(act.extend({ yaml: z.string().min(1) }), body, async ({ yaml, by, why }) =>
        desk.propose(params['integration']!, yaml, by, why),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/proposals/:id/approve',
    run: ({ params, body }, desk) =>
      reading(z.strictObject({ by: words }), body, async ({ by }) => desk.approve(params['id']!, by)),
  },
  {
    method: 'POST',
    path: '/gateway/proposals/:id/reject',
    run: ({ params, body }, desk) => reading(act, body, async ({ by, why }) => desk.reject(params['id']!, by, why)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations',
    run: ({ body }, desk) =>
      reading(z.strictObject({ by: words, form: registration }), body, ({ form, by }) => desk.register(form, by)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations/:name/secret',
    run: ({ params, body }, desk) =>
      reading(z.strictObject({ by: words, overlapMs: z.number().nonnegative() }), body, async ({ by, overlapMs }) =>
        desk.rotateSecret(params['name']!, overlapMs, by),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/integrations/:name/suspend',
    run: ({ params, body }, desk) => reading(act, body, ({ by, why }) => desk.suspend(params['name']!, by, why)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations/:name/resume',
    run: ({ params, body }, desk) => reading(act, body, ({ by, why }) => desk.resume(params['name']!, by, why)),
  },
  {
    method: 'GET',
    path: '/gateway/learn/:integration',
    run: ({ params, query }, desk) =>
      reading(z.strictObject({ from: time, to: time }), query, ({ from, to }) =>
        desk.learn(params['integration']!, from, to),
      ),
  },
];

/** Values that zod leaves as `undefined` are absent. */
function present<Value>(value: Value): WithoutUndefined<Value> {
  return JSON.parse(JSON.stringify(value)) as WithoutUndefined<Value>;
}
type WithoutUndefined<Value> = Value extends readonly (infer Each)[]
  ? WithoutUndefined<Each>[]
  : Value extends object
    ? { [Key in keyof Value]: WithoutUndefined<Exclude<Value[Key], undefined>> }
    : Value;

async function reading<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  run: (value: z.infer<Schema>) => Promise<Answer>,
): Promise<Answer> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return run(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue!.path.join('.') || 'the request';
  const wrong = issue!.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    given,
  );
  const found =
    typeof wrong === 'string' || typeof wrong === 'number' ? JSON.stringify(wrong).slice(0, 80) : 'no such value';
  return failure({ kind: 'invalid', where, found: wrong === undefined ? 'nothing' : found, expected: issue!.message });
}
