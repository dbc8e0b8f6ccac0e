import { z } from 'zod';
import { success } from '#model/result.ts';
import { operation } from './operation.ts';
import { auditEntry, auditVerification } from './schemas.ts';

export const listAuditLog = operation({
  summary: 'Who did what, newest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
    before: z.coerce.number().int().optional(),
  }),
  answer: z.array(auditEntry),
  run: async ({ desk, query }) => success(await desk.auditLog(query.limit, query.before)),
});

export const verifyAuditLog = operation({
  summary: 'Walks the hash chain and holds it against the anchors taken outside',
  answer: auditVerification,
  run: async ({ desk }) => success(await desk.verifyAuditLog()),
});
