import type { RuleRecords } from '#model/records.ts';
import type { Database } from './schema.ts';
import type { Writer } from './write-together.ts';

export function createRuleRecords(reading: Database, writer: Writer): RuleRecords {
  return {
    /** A finding counts once, however often the same logs are read. */
    fired: (finding) =>
      writer.write(async (transaction) => {
        await transaction
          .insertInto('firings')
          .values({ finding_key: finding.key, rule: finding.rule.name, raised_at: finding.raisedAt })
          .onConflict((conflict) => conflict.column('finding_key').doNothing())
          .execute();
      }),
    list: async () => {
      const firings = await reading
        .selectFrom('firings')
        .select(({ fn }) => ['rule', fn.countAll<number>().as('count'), fn.max('raised_at').as('last')])
        .groupBy('rule')
        .execute();
      const firingsOf = new Map(firings.map((each) => [each.rule, each]));
      const switches = await reading.selectFrom('rules').selectAll().execute();
      const enabled = new Map(switches.map((each) => [each.name, each.enabled === 1]));
      return [...new Set([...firingsOf.keys(), ...enabled.keys()])].sort().map((name) => ({
        name,
        enabled: enabled.get(name) ?? true,
        firedCount: firingsOf.get(name)?.count ?? 0,
        lastFiredAt: firingsOf.get(name)?.last,
      }));
    },
    setEnabled: (name, isEnabled) =>
      writer.write(async (transaction) => {
        const enabled = isEnabled ? 1 : 0;
        await transaction
          .insertInto('rules')
          .values({ name, enabled })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ enabled }))
          .execute();
      }),
  };
}
