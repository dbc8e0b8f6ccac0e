import { present } from '#lib/present.ts';
import type { Finding } from '#model/finding.ts';
import type { RuleRecords } from '#model/records.ts';
import type { RuleView, WrittenRule } from '#model/wire.ts';
import type { KnownIncidents } from './known-incidents.ts';

/** The rules with how often they fired, without what they found in incidents the reader may not know of. */
export function seenRules(
  written: readonly WrittenRule[],
  records: Awaited<ReturnType<RuleRecords['list']>>,
  { known, hidden }: KnownIncidents,
): readonly RuleView[] {
  const byName = new Map(records.map((record) => [record.name, record]));
  return written.map((rule) => {
    const record = byName.get(rule.name);
    const ofRule = (finding: Finding): boolean => finding.rule.name === rule.name;
    const withheld = hidden.flatMap(({ incident }) => incident.findings.filter(ofRule));
    const shown = known.flatMap(({ incident }) => incident.findings.filter(ofRule));
    const lastFiredAt =
      withheld.length === 0
        ? record?.lastFiredAt
        : shown.reduce<number | undefined>((last, { raisedAt }) => Math.max(last ?? raisedAt, raisedAt), undefined);
    return present({
      ...rule,
      enabled: record?.enabled ?? true,
      firedCount: Math.max(0, (record?.firedCount ?? 0) - withheld.length),
      lastFiredAt,
    });
  });
}
