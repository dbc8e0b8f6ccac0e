import { z } from 'zod';
import { boardReport } from '#detection/inventory/board-report.ts';
import { failure, success } from '#model/result.ts';
import { type Operation, operation } from './operation.ts';
import { demoView, inventoryView, nowView, searchHit } from './schemas.ts';

export const now = operation({
  summary: 'What needs a person, how the sources fare, and what flowed in the last 24 hours',
  answer: nowView,
  run: async ({ desk }) => success(await desk.now()),
});

const noDemo = failure({ kind: 'gone' as const, what: 'The demonstration house' });

export const getDemo = operation({
  summary: "The demonstration house's clock",
  answer: demoView,
  run: async ({ cordon }) => (cordon.demo ? success(cordon.demo.view()) : noDemo),
});

export const steerDemo = operation({
  summary: 'Plays, pauses, or changes the speed of the demonstration',
  body: z.strictObject({ playing: z.boolean().optional(), speed: z.number().min(1).max(86_400).optional() }),
  answer: demoView,
  async run({ cordon, body, desk }) {
    if (!cordon.demo) return noDemo;
    const view = cordon.demo.steer(body);
    await desk.record('demo.steer', 'demo', body);
    return success(view);
  },
});

export const inventory = operation({
  summary: 'Every third party seen in the logs',
  answer: inventoryView,
  run: async ({ desk }) => success(desk.inventory()),
});

/** A file to be kept and passed on; as an attachment it never runs as a page of ours. */
export const inventoryReport: Operation = {
  kind: 'own',
  summary: 'The inventory as a one-page HTML report for the board',
  run({ desk }, reply) {
    const page = boardReport(desk.inventory(), 'Third parties in our CRM');
    reply.header('content-disposition', 'attachment; filename="third-parties.html"');
    return desk
      .record('export', 'inventory', { apps: desk.inventory().apps.length })
      .then(() => reply.type('text/html; charset=utf-8').send(page));
  },
};

export const search = operation({
  summary: 'Anything by id, name or address',
  query: z.object({ q: z.string().max(500).default('') }),
  answer: z.array(searchHit),
  run: async ({ desk, query }) => success(await desk.search(query.q)),
});
