import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { AuditLog } from '#model/records.ts';
import type { AuditEntry } from '#model/wire.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Engine } from './engine.ts';
import type { Database, Tables } from './schema.ts';
import type { Writer } from './write-together.ts';

type Content = Omit<AuditEntry, 'hash'>;
type Verdict = Awaited<ReturnType<AuditLog['verify']>>;

/** What the first entry names as the hash before it. */
const beginning = '0'.repeat(64);
const verifiedTogether = 1000;

export function createAuditLog(engine: Engine, writer: Writer): AuditLog {
  const { reading } = engine;
  return {
    append: (act) =>
      writer.write(async (transaction) => {
        await engine.alone(transaction, 'audit log');
        const head = await readHead(transaction);
        const details = JSON.parse(canonicalJson(act.details)) as Record<string, unknown>;
        const content = { ...pick(act), details, sequence: (head?.sequence ?? 0) + 1 };
        const entry = { ...content, hash: hashOf(content, head?.hash ?? beginning) };
        await transaction.insertInto('audit_log').values(toRow(entry)).execute();
        return entry;
      }),
    list: async (limit, beforeSequence) => {
      const rows = await reading
        .selectFrom('audit_log')
        .selectAll()
        .$if(beforeSequence !== undefined, (query) => query.where('sequence', '<', beforeSequence!))
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toEntry);
    },
    head: () => readHead(reading),
    verify: (anchors) => verifyChain(reading, anchors),
  };
}

/** SHA-256 over the canonical JSON of the entry and the hash of the entry before it, as hex. */
const hashOf = (content: Content, previous: string): string =>
  createHash('sha256')
    .update(canonicalJson({ ...content, previous }))
    .digest('hex');

const readHead = (database: Database) =>
  database.selectFrom('audit_log').select(['sequence', 'hash']).orderBy('sequence', 'desc').limit(1).executeTakeFirst();

/**
 * The chain alone shows an entry changed, removed or inserted anywhere but at its end; a tail cut off, or a chain
 * rewritten as a whole, shows only against anchors kept where the rewriter could not reach.
 */
export async function verifyChain(database: Database, anchors: Parameters<AuditLog['verify']>[0]): Promise<Verdict> {
  const anchored = Map.groupBy(anchors, (anchor) => anchor.sequence);
  let sequence = 0;
  let hash = beginning;
  let after = Number.MIN_SAFE_INTEGER; // An entry slipped in before the first must not be passed over.
  while (true) {
    const rows = await database
      .selectFrom('audit_log')
      .selectAll()
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(verifiedTogether)
      .execute();
    for (const row of rows) {
      sequence += 1;
      if (row.sequence !== sequence) {
        return {
          ok: false,
          sequence,
          found: `no entry ${sequence}, next is ${row.sequence}`,
          expected: `entry ${sequence}`,
        };
      }
      const expected = hashOfRow(row, hash);
      if (row.hash !== expected) return { ok: false, sequence, found: row.hash, expected };
      const broken = anchored.get(sequence)?.find((anchor) => anchor.hash !== row.hash);
      if (broken !== undefined) return { ok: false, sequence, found: row.hash, expected: describe(broken) };
      hash = row.hash;
    }
    after = sequence;
    if (rows.length < verifiedTogether) break;
    await setImmediate();
  }
  const beyond = anchors.find((anchor) => anchor.sequence > sequence || anchor.sequence < 1);
  if (beyond === undefined) return { ok: true, entries: sequence, anchors: anchors.length };
  return {
    ok: false,
    sequence: beyond.sequence,
    found: `a log that ends at entry ${sequence}`,
    expected: describe(beyond),
  };
}

const describe = (anchor: { readonly hash: string; readonly at: number }): string =>
  `${anchor.hash}, anchored ${new Date(anchor.at).toISOString()}`;

/** What cannot be read as an entry hashes to nothing that an entry could have. */
function hashOfRow(row: Tables['audit_log'], previous: string): string {
  try {
    return hashOf(pickContent(toEntry(row)), previous);
  } catch {
    return 'details that are JSON';
  }
}

const pick = ({ at, by, act, subject }: Pick<Content, 'at' | 'by' | 'act' | 'subject'>) => ({ at, by, act, subject });

const pickContent = (entry: AuditEntry): Content => ({
  ...pick(entry),
  sequence: entry.sequence,
  details: entry.details,
});

const toRow = (entry: AuditEntry): Tables['audit_log'] => ({
  sequence: entry.sequence,
  at: entry.at,
  by_whom: entry.by,
  act: entry.act,
  subject: entry.subject,
  details: canonicalJson(entry.details),
  hash: entry.hash,
});

const toEntry = (row: Tables['audit_log']): AuditEntry => ({
  sequence: row.sequence,
  at: row.at,
  by: row.by_whom,
  act: row.act,
  subject: row.subject,
  details: JSON.parse(row.details) as Record<string, unknown>,
  hash: row.hash,
});
