import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { failure, type Result, success } from '#model/result.ts';
import type { ExposureSources } from './answers/expose.ts';
import { printId } from './answers/print-ids.ts';
import { readFrames } from './answers/read-frames.ts';
import {
  isAbout,
  meets,
  type SelectedPart,
  type Selection,
  selectParts,
  selectSegments,
} from './answers/select-frames.ts';
import { decodeIds } from './log/id-codec.ts';

export interface Exported {
  readonly releases: number;
  readonly reads: number;
}

/** Rows in memory at a time, and in a row group. */
const rowsPerGroup = 65_536;

/**
 * Writes `releases.parquet`, a row for each release and segment it lies in, and `reads.parquet`, a row for each id that
 * left, into the directory. Memory does not grow with what is selected. `refused` where one of the files is there already
 * or cannot be written. The metadata tells what crashes left unknown (`cordon.unknownUpTo`).
 */
export async function exportParquet(
  sources: Pick<ExposureSources, 'directory' | 'segments'>,
  selection: Selection,
  into: string,
): Promise<Result<Exported>> {
  const lapses = sources.segments.lapses.filter((lapse) => isAbout(selection, lapse) && meets(lapse, selection));
  const unknownUpTo = String(lapses.reduce((sum, { upTo }) => sum + upTo, 0));
  const files: Table[] = [];
  try {
    const releases = await openTable(join(into, 'releases.parquet'), releaseColumns, unknownUpTo);
    files.push(releases);
    const reads = await openTable(join(into, 'reads.parquet'), readColumns, unknownUpTo);
    files.push(reads);
    for await (const { directory } of selectSegments(sources.segments, selection)) {
      for (const selected of selectParts(directory, selection)) {
        await releases.add(releaseRow(selected));
        await writeReads(sources.directory, directory.segment, selected, reads);
      }
    }
    return success({ releases: await releases.finish(), reads: await reads.finish() });
  } catch (reason) {
    return failure({
      kind: 'refused',
      by: 'the file system',
      why: reason instanceof Error ? reason.message : String(reason),
    });
  } finally {
    for (const file of files) await file.close();
  }
}

const column = (name: string, type: ColumnSource['type'] & string, nullable = false) => ({ name, type, nullable });

const releaseColumns = [
  column('release', 'INT64'),
  column('first_at', 'TIMESTAMP'),
  column('last_at', 'TIMESTAMP'),
  ...['integration', 'token', 'tier', 'address', 'operation', 'object', 'fields'].map((name) => column(name, 'STRING')),
  ...['query', 'customer_field', 'ended'].map((name) => column(name, 'STRING', true)),
  column('records', 'INT64'),
] as const;

const readColumns = [
  column('release', 'INT64'),
  column('at', 'TIMESTAMP'),
  column('role', 'STRING'),
  column('id', 'STRING'),
] as const;

type Cell = string | bigint | Date | undefined;

function releaseRow({ part, frames }: SelectedPart): readonly Cell[] {
  const { release, ended } = part;
  const { integration, token, tier, address, operation, object, fields, query, customerField } = release;
  const records = frames.reduce((sum, { role, count }) => sum + (role === 'records' ? count : 0), 0);
  return [
    BigInt(release.id),
    new Date(frames[0]!.at),
    new Date(frames.at(-1)!.at),
    ...[integration, token, tier, address, operation, object, fields.join(',')],
    ...[query, customerField, ended],
    BigInt(records),
  ];
}

/** A few frames at a time: what they hold is in memory until it is in the table. */
async function writeReads(path: string, segment: number, { part, frames }: SelectedPart, into: Table): Promise<void> {
  const release = BigInt(part.release.id);
  for (const frame of frames) {
    const numbers = new BigUint64Array(frame.count);
    await readFrames(path, segment, [frame], (_, body) => void decodeIds(body, frame.range, numbers));
    const halves = new Uint32Array(numbers.buffer);
    const at = new Date(frame.at);
    for (let index = 0; index < halves.length; index += 2) {
      const isFull = into.push([release, at, frame.role, printId(frame.prefix, halves[index + 1]!, halves[index]!)]);
      if (isFull) await into.flush();
    }
  }
}

interface Table {
  /** True when the rows at hand should be flushed. */
  push(row: readonly Cell[]): boolean;
  add(row: readonly Cell[]): Promise<void>;
  flush(): Promise<void>;
  /** Ends the file and answers how many rows it has. */
  finish(): Promise<number>;
  close(): Promise<void>;
}

async function openTable(
  path: string,
  columns: readonly Omit<ColumnSource, 'data'>[],
  unknownUpTo: string,
): Promise<Table> {
  const handle = await open(path, 'wx', 0o600);
  const schema = schemaFromColumnData({ columnData: columns.map((each) => ({ ...each, data: [] })) });
  const kvMetadata = [{ key: 'cordon.unknownUpTo', value: unknownUpTo }];
  const writer = new ParquetWriter({ writer: fileWriter(handle), schema, kvMetadata, createdBy: 'Cordon' });
  let rows: (readonly Cell[])[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    const columnData = columns.map((each, index) => ({ ...each, data: rows.map((row) => row[index]) }));
    count += rows.length;
    rows = [];
    await writer.write({ columnData, rowGroupSize: rowsPerGroup });
  };
  return {
    push: (row) => rows.push(row) >= rowsPerGroup,
    add: async (row) => {
      if (rows.push(row) >= rowsPerGroup) await flush();
    },
    flush,
    finish: async () => {
      await flush();
      await writer.finish();
      return count;
    },
    close: () => handle.close(),
  };
}

/** Hands over to the file what has gathered, after each row group. */
function fileWriter(handle: FileHandle): ByteWriter & { flush(): Promise<void> } {
  const writer = new ByteWriter(2 ** 20);
  const flush = async (): Promise<void> => {
    const bytes = new Uint8Array(writer.buffer, 0, writer.index);
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    writer.index = 0;
  };
  return Object.assign(writer, { flush, finish: flush });
}
