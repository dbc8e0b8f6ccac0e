import { z } from 'zod';
import type { GatewayLink } from '#desk/gateway-link.ts';
import { exposureOf } from '#desk/incident-exposure.ts';
import type {
  ExposureQuestion,
  GatewayExposureView,
  GatewayView,
  LearnedPolicy,
  PolicyOutcome,
  PolicyPage,
  ReachView,
  RiverView,
  StaffNames,
} from '#model/gateway-wire.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { sendFailure } from './answer-error.ts';
import {
  exposureView,
  gatewayView,
  learnedPolicy,
  policyOutcome,
  policyPage,
  reachView,
  riverView,
} from './gateway-schemas.ts';
import { type Call, nothing, type Operation, operation } from './operation.ts';

const reason = z.string().trim().min(3).max(2_000);
const time = z.coerce.number().int().nonnegative();
const name = z.object({ integration: z.string().max(100) });
const window = { from: time.exactOptional(), to: time.exactOptional() };

const noGateway: Failure = { kind: 'gone', what: 'A gateway in cordon.yaml (gateway.dataDirectory)' };

const notRunning: Failure = {
  kind: 'later',
  afterMs: 5_000,
  why: 'The gateway does not run, or Cordon may not open its socket',
};

/** Asks the gateway, where one is configured. One that does not run is nobody's mistake: it may be asked again. */
async function ask<Answer>(call: Call, run: (link: GatewayLink) => Promise<Result<Answer>>): Promise<Result<Answer>> {
  const { gateway: link } = call.cordon;
  if (link === undefined) return failure(noGateway);
  const answer = await run(link);
  if (answer.ok || answer.failure.kind === 'gone' || answer.failure.kind === 'later') return answer;
  // A question without words can be neither wrong nor refused: when it fails too, nobody is there.
  const alive = await link.get<GatewayView>('/gateway');
  return alive.ok ? answer : failure(notRunning);
}

/** Who decides has to see who asked, whether or not they may see all of the staff. */
async function namesOf({ cordon }: Call, ids: readonly string[]): Promise<StaffNames> {
  const wanted = new Set(ids);
  const people = wanted.size === 0 ? [] : await cordon.staff.people();
  return Object.fromEntries(people.filter(({ id }) => wanted.has(id)).map(({ id, name: called }) => [id, called]));
}

export const gateway = operation({
  summary: 'The gateway: its integrations, their budgets, what waits for a second person, and how much it covers',
  answer: gatewayView,
  async run(call) {
    const asked = await ask(call, (link) => link.get<GatewayView>('/gateway'));
    if (!asked.ok) return asked;
    const { proposals, integrations } = asked.value;
    const stoppedBy = integrations.flatMap(({ suspended }) => suspended?.by ?? []);
    return success({ ...asked.value, names: await namesOf(call, [...proposals.map(({ by }) => by), ...stoppedBy]) });
  },
});

export const river = operation({
  summary: 'Records that left through the gateway, by integration and step',
  query: z.object({ from: time, to: time, step: time }),
  answer: riverView,
  run: (call) =>
    ask(call, (link) =>
      link.get<RiverView>(`/gateway/river?from=${call.query.from}&to=${call.query.to}&step=${call.query.step}`),
    ),
});

export const reach = operation({
  summary: 'What one token of the integration could take, and what it has taken',
  params: name,
  answer: reachView,
  run: (call) =>
    ask(call, (link) => link.get<ReachView>(`/gateway/reach/${encodeURIComponent(call.params.integration)}`)),
});

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token'), token: z.string().max(200), ...window }),
  z.strictObject({ kind: z.literal('integration'), integration: z.string().max(100), ...window }),
  z.strictObject({
    kind: z.literal('window'),
    integrations: z.array(z.string().max(100)).min(1),
    from: time,
    to: time,
  }),
  z.strictObject({ kind: z.literal('incident'), incident: z.string().max(100), ...window }),
]);

/** What the gateway is asked: of an incident, what stands for it, and only if the asker may know of it. */
async function askedOf({ desk }: Call, body: z.infer<typeof question>) {
  if (body.kind !== 'incident') return success(body);
  const { incident: id, kind: _, ...within } = body;
  const incident = await desk.incident(id);
  return incident.ok ? exposureOf(incident.value, within) : incident;
}

export const exposure = operation({
  summary:
    'What left by a token, an integration, several of them within a time, or by what an incident names: records, customers, fields',
  body: question,
  answer: exposureView,
  async run(call) {
    await call.desk.record('exposure.ask', subjectOf(call.body), { kind: call.body.kind });
    const asked = await askedOf(call, call.body);
    return asked.ok ? ask(call, (link) => link.post<GatewayExposureView>('/gateway/exposure', asked.value)) : asked;
  },
});

export const customerExposure = operation({
  summary: 'Who read one customer, which fields, when: the answer to an access request',
  body: z.strictObject({
    customer: z.string().regex(/^\w{15}(\w{3})?$/, 'a record id of 15 or 18 characters'),
    ...window,
  }),
  answer: exposureView,
  async run(call) {
    await call.desk.record('exposure.customer', call.body.customer);
    const asked: ExposureQuestion = { kind: 'customer', ...call.body };
    return ask(call, (link) => link.post<GatewayExposureView>('/gateway/exposure', asked));
  },
});

function subjectOf(asked: z.infer<typeof question>): string {
  switch (asked.kind) {
    case 'token':
      return asked.token;
    case 'integration':
      return asked.integration;
    case 'incident':
      return asked.incident;
    case 'window':
      return asked.integrations.join(', ');
  }
}

/** The list itself is personal data: it is written down who took it. */
export const exposedCustomers: Operation = {
  kind: 'own',
  summary: 'The ids of the customers in an exposure, one a line',
  body: question,
  async run(call, reply) {
    const body = call.body as z.infer<typeof question>;
    await call.desk.record('export', 'exposed customers', { of: subjectOf(body) });
    const asked = await askedOf(call, body);
    const lines = asked.ok ? await ask(call, (link) => link.lines('/gateway/exposure/customers', asked.value)) : asked;
    if (!lines.ok) return sendFailure(reply, lines.failure);
    reply.header('content-disposition', 'attachment; filename="customers.txt"');
    return reply.type('text/plain; charset=utf-8').send(lines.value);
  },
};

export const policy = operation({
  summary: "An integration's policy, in its own YAML, with how it came about",
  params: name,
  answer: policyPage,
  async run(call) {
    const path = `/gateway/policies/${encodeURIComponent(call.params.integration)}`;
    const asked = await ask(call, (link) => link.get<PolicyPage>(path));
    if (!asked.ok) return asked;
    const by = asked.value.history.flatMap((version) => [version.by, version.approvedBy ?? []].flat());
    return success({ ...asked.value, names: await namesOf(call, by) });
  },
});

export const proposePolicy = operation({
  summary: 'Changes a policy; what widens it waits for a second person',
  params: name,
  body: z.strictObject({ yaml: z.string().min(1).max(200_000), why: reason }),
  answer: policyOutcome,
  async run(call) {
    const { integration } = call.params;
    await call.desk.record('gateway.policy.propose', integration, { why: call.body.why });
    return ask(call, (link) =>
      link.post<PolicyOutcome>(`/gateway/policies/${encodeURIComponent(integration)}`, {
        ...call.body,
        by: call.asker.id,
      }),
    );
  },
});

export const learn = operation({
  summary: 'Proposes a policy from what the integration really read; nothing is changed',
  params: name,
  query: z.object({ from: time, to: time }),
  answer: learnedPolicy,
  run: (call) =>
    ask(call, (link) =>
      link.get<LearnedPolicy>(
        `/gateway/learn/${encodeURIComponent(call.params.integration)}?from=${call.query.from}&to=${call.query.to}`,
      ),
    ),
});

const proposalId = z.object({ id: z.string().max(100) });

export const approveProposal = operation({
  summary: 'Approves a change of policy that somebody else has proposed',
  params: proposalId,
  answer: policyOutcome,
  async run(call) {
    await call.desk.record('gateway.policy.approve', call.params.id);
    return ask(call, (link) =>
      link.post<PolicyOutcome>(`/gateway/proposals/${encodeURIComponent(call.params.id)}/approve`, {
        by: call.asker.id,
      }),
    );
  },
});

export const rejectProposal = operation({
  summary: 'Rejects a proposed change of policy',
  params: proposalId,
  body: z.strictObject({ why: reason }),
  answer: nothing,
  async run(call) {
    await call.desk.record('gateway.policy.reject', call.params.id, { why: call.body.why });
    return ask(call, (link) =>
      link.post<Record<string, never>>(`/gateway/proposals/${encodeURIComponent(call.params.id)}/reject`, {
        ...call.body,
        by: call.asker.id,
      }),
    );
  },
});

const switchIntegration = (act: 'suspend' | 'resume', summary: string): Operation =>
  operation({
    summary,
    params: name,
    body: z.strictObject({ why: reason }),
    answer: nothing,
    async run(call) {
      const { integration } = call.params;
      await call.desk.record(`gateway.${act}`, integration, { why: call.body.why });
      return ask(call, (link) =>
        link.post<Record<string, never>>(`/gateway/integrations/${encodeURIComponent(integration)}/${act}`, {
          ...call.body,
          by: call.asker.id,
        }),
      );
    },
  });

export const suspendIntegration = switchIntegration(
  'suspend',
  'Ends the use of every token of the integration at once',
);
export const resumeIntegration = switchIntegration('resume', 'Lets a suspended integration call again');
