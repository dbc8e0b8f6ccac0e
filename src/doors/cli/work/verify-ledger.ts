import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readGatewayConfiguration } from '#gateway/configuration.ts';
import { readHeads } from '#gateway/keep-heads.ts';
import { type LedgerVerdict, verifyLedger } from '#ledger/verify-ledger.ts';
import { revealed } from '#lib/reveal.ts';
import { counted, inWords } from '#lib/words.ts';
import type { Invocation } from '../invocation.ts';
import type { Style } from '../screen/style.ts';
import { refuse } from '../terminal.ts';

/** Reads the files themselves: a gateway in wrong hands would vouch for itself. Exit code 1 when they do not hold. */
export async function verifyGatewayLedger(
  { terminal }: Invocation,
  file: string,
  json: true | undefined,
): Promise<void> {
  const read = readGatewayConfiguration(file, terminal.environment);
  if (!read.ok) return refuse(terminal, read.failure);
  const directory = join(read.value.dataDirectory, 'ledger');
  if (!existsSync(directory)) return refuse(terminal, { kind: 'gone', what: `the ledger ${directory}` });
  const files = read.value.auditAnchors.map((anchor) => anchor.file);
  const heads = await readHeads(files);
  if (!heads.ok) return refuse(terminal, heads.failure);
  const verdict = await verifyLedger(directory, heads.value, undefined);
  if (!verdict.ok) terminal.fail(1);
  const words = verdictInWords(verdict, directory, files.length > 0, terminal.style);
  terminal.out(`${json ? JSON.stringify(verdict) : words}\n`);
}

function verdictInWords(verdict: LedgerVerdict, directory: string, hasAnchors: boolean, style: Style): string {
  if (!verdict.ok) {
    const { sequence, segment, offset, found, expected } = verdict;
    const where = `at frame ${inWords(sequence)} (segment ${segment}, byte ${inWords(offset)})`;
    const what = style.urgent(`The ledger in ${directory} does not hold`);
    return `${what} ${where}: found ${revealed(found)}, expected ${revealed(expected)}.`;
  }
  const against = hasAnchors
    ? `held against ${counted(verdict.anchors, 'anchor')}`
    : 'held against no anchor: auditAnchors names none, so that a ledger rewritten as a whole would not show';
  return `${style.good(`The ledger in ${directory} is whole:`)} ${counted(verdict.entries, 'frame')}, ${against}.`;
}
