import { z } from 'zod';
import { success } from '#model/result.ts';
import { operation } from './operation.ts';
import { ruleView } from './schemas.ts';

export const listRules = operation({
  summary: 'Every rule with its runbook, samples, and how often it fired',
  answer: z.array(ruleView),
  run: async ({ desk }) => success(await desk.rules()),
});

export const switchRule = operation({
  summary: 'Switches a rule on or off',
  params: z.object({ name: z.string().max(200) }),
  body: z.strictObject({ enabled: z.boolean(), reason: z.string().trim().min(3).max(4_000) }),
  answer: ruleView,
  run: ({ desk, params, body }) => desk.switchRule(params.name, body.enabled, body.reason),
});
