import { parseInstant } from '#lib/instant.ts';
import type { Cursor, LivePiece, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { JsonObject } from '#model/source.ts';
import { paceOf, type SalesforceApi } from './ask-salesforce.ts';
import { describeFields, readPages } from './read-soql.ts';
import { isObject, textOf } from './record-values.ts';

/** An object of the CRM whose records are a log. */
export interface RowLog {
  /** `LoginHistory`; also the stream's name. */
  readonly object: string;
  readonly timeField: string;
  /** What the asking user needs, for people. */
  readonly needs: string;
  /** Big objects know only DESC. */
  readonly order: 'ASC' | 'DESC';
  /** A query asks for no more event time at once, ms: what breaks off is asked for again as a whole. */
  readonly windowMs: number;
  /** How much later than its time a record may become visible, ms: so much is asked for again each time. */
  readonly overlapMs: number;
  /** How long the CRM keeps records, ms. */
  readonly keptMs: number;
  readonly pollMs: number;
  /** 200 to 2,000. */
  readonly pageRecords: number;
}

/** Records known to have been read, so that an overlap is not handed on each time. */
const mostRemembered = 200_000;

/**
 * Follows a log by its records' times: every record that becomes visible within `overlapMs` after its own time is read,
 * in whatever order they become visible. The cursor says before which time nothing is asked for any more; behind it a
 * record may be read twice, which its key tells.
 */
export function followRows(log: RowLog, api: SalesforceApi, origin: string, surroundings: Surroundings): LiveStream {
  return {
    name: log.object,
    read: (cursor, since) => new Follower(log, api, origin, surroundings).read(cursor, since),
  };
}

class Follower {
  readonly #log: RowLog;
  readonly #api: SalesforceApi;
  readonly #origin: string;
  readonly #surroundings: Surroundings;
  /** Times by identity, of what is asked for again. */
  readonly #seen = new Map<string, number>();

  constructor(log: RowLog, api: SalesforceApi, origin: string, surroundings: Surroundings) {
    this.#log = log;
    this.#api = api;
    this.#origin = origin;
    this.#surroundings = surroundings;
  }

  async *read(cursor: Cursor | undefined, since: number): AsyncGenerator<Step> {
    const { clock, sleep } = this.#surroundings;
    const { object, needs, keptMs, pollMs } = this.#log;
    const fields = await describeFields(this.#api, object, needs);
    if (!fields.ok) return yield { kind: 'failed', failure: fields.failure.failure };
    const kept = fromOf(cursor);
    let from = kept ?? Math.max(since, clock() - keptMs);
    for (;;) {
      const earliest = clock() - keptMs;
      if (from < earliest) {
        const why = `${object} keeps ${Math.round(keptMs / 86_400_000)} days; what it held before was not read in time`;
        yield { kind: 'gap', gap: { from, to: earliest, why }, cursor: { from: earliest } };
        from = earliest;
      }
      const reached = yield* this.#readUntilNow(fields.value, from);
      if (reached === undefined) return;
      from = reached;
      for (const [identity, time] of this.#seen) if (time < from) this.#seen.delete(identity);
      const { ms, why } = paceOf(this.#api, pollMs);
      yield { kind: 'rest', until: clock() + ms, why };
      await sleep(ms);
    }
  }

  /** Window by window. Returns before which time nothing is to be asked for again; undefined after a failure. */
  async *#readUntilNow(fields: readonly string[], from: number): AsyncGenerator<Step, number | undefined> {
    const { windowMs, overlapMs } = this.#log;
    const now = this.#surroundings.clock();
    for (let begin = from; ; begin += windowMs) {
      const end = begin + windowMs < now ? begin + windowMs : undefined;
      const reached = Math.max(from, Math.min(end ?? now, now - overlapMs));
      if (!(yield* this.#readWindow(fields, begin, end, from, reached))) return undefined;
      if (end === undefined) return reached;
    }
  }

  /** The last window has no end: the CRM's clock may be ahead of ours. False after a failure. */
  async *#readWindow(
    fields: readonly string[],
    begin: number,
    end: number | undefined,
    from: number,
    reached: number,
  ): AsyncGenerator<Step, boolean> {
    const { object, timeField, order, needs, pageRecords } = this.#log;
    const until = end === undefined ? '' : ` AND ${timeField} < ${new Date(end).toISOString()}`;
    const soql = `SELECT ${fields.join(', ')} FROM ${object} WHERE ${timeField} >= ${new Date(begin).toISOString()}${until} ORDER BY ${timeField} ${order}`;
    for await (const page of readPages(this.#api, soql, { needs, batchSize: pageRecords })) {
      if (!page.ok) {
        yield { kind: 'failed', failure: page.failure.failure };
        return false;
      }
      const { records, isLast } = page.value;
      const pieces = this.#pieceOf(records.filter((record) => this.#isNew(record)));
      if (isLast) yield { kind: 'read', pieces, cursor: { from: reached }, reachedUntil: reached };
      else yield { kind: 'read', pieces, cursor: { from } };
    }
    return true;
  }

  #isNew(record: JsonObject): boolean {
    // Big objects have one and the same Id for all records; Event Log Objects are documented without any.
    const identity = textOf(record['EventIdentifier']) ?? textOf(record['Id']) ?? JSON.stringify(record);
    if (this.#seen.has(identity)) return false;
    const time = parseInstant(textOf(record[this.#log.timeField]) ?? '');
    if (time !== undefined && this.#seen.size < mostRemembered) this.#seen.set(identity, time);
    return true;
  }

  #pieceOf(records: readonly JsonObject[]): readonly LivePiece[] {
    if (records.length === 0) return [];
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const arrivedAt = this.#surroundings.clock();
    return [{ name: `${this.#origin}/${this.#log.object}`, content: Buffer.from(lines), arrivedAt }];
  }
}

function fromOf(cursor: Cursor | undefined): number | undefined {
  const from = isObject(cursor) ? cursor['from'] : undefined;
  return typeof from === 'number' && Number.isFinite(from) ? from : undefined;
}
