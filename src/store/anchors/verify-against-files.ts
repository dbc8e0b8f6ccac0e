import type { AuditLog } from '#model/records.ts';
import { describeFailure } from '#model/result.ts';
import { readAnchors } from './file-anchors.ts';

/**
 * Walks the chain and holds it against the anchors in `files`. A log with entries has been anchored since its first
 * start, so a file that is missing, damaged or empty is not "no anchors": whoever rewrites a log would take them away.
 */
export async function verifyAgainstFiles(
  auditLog: Pick<AuditLog, 'verify'>,
  files: readonly string[],
): ReturnType<AuditLog['verify']> {
  const read = await Promise.all(files.map(async (file) => ({ file, anchors: await readAnchors(file) })));
  const verdict = await auditLog.verify(read.flatMap(({ anchors }) => (anchors.ok ? anchors.value : [])));
  if (!verdict.ok || verdict.entries === 0) return verdict;
  const silent = read.find(({ anchors }) => !anchors.ok || anchors.value.length === 0);
  if (silent === undefined) return verdict;
  const { file, anchors } = silent;
  return {
    ok: false,
    sequence: verdict.entries,
    found: anchors.ok ? 'a file without anchors' : describeFailure(anchors.failure),
    expected: `the anchors that were written to ${file} at every start and every few minutes since`,
  };
}
