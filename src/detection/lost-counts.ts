import { counted, listInWords } from '#lib/words.ts';
import type { CorrelationStatistics } from '#sigma/correlation/correlator.ts';

/** What people must know of correlations that ran out of room or heard of events too late; nothing where all was counted. */
export function describeLostCounts(correlations: readonly CorrelationStatistics[]): readonly string[] {
  const cut = correlations.flatMap(({ rule, forgottenGroups, undercounted }) => {
    const lost = [
      ...(forgottenGroups > 0 ? [counted(forgottenGroups, 'group')] : []),
      ...(undercounted > 0 ? [`part of ${counted(undercounted, 'window')}`] : []),
    ];
    return lost.length === 0 ? [] : [`${rule} forgot ${lost.join(' and ')}`];
  });
  const late = correlations.flatMap(({ rule, late }) => (late > 0 ? [`${rule} (${counted(late, 'event')})`] : []));
  return [
    ...(cut.length === 0 ? [] : [`To stay within memory ${listInWords(cut, 3)}: what they count may be too low.`]),
    ...(late.length === 0
      ? []
      : [`Events came too late to be counted with their neighbours by ${listInWords(late, 3)}.`]),
  ];
}
