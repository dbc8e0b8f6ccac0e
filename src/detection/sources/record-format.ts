import { detach } from '#lib/detach.ts';
import type { CellsReader, Invalid, JsonObject, LineFormat, Reading, Source } from '#model/source.ts';
import { readCells } from './csv-cells.ts';
import { CellList } from './csv-row.ts';
import { type EventFormat, nativeBy } from './read-event.ts';

/** How the records of one source, under one header where they have one, are read from their own text. */
export interface RecordFormat extends EventFormat {
  /** Reads a record that was read before, from its text alone. */
  readonly reread: (raw: string) => Reading | Invalid;
}

/** Rows under `header`, read by `read`. */
export function csvFormat(source: Source, header: readonly string[], read: CellsReader): RecordFormat {
  const cellsOf = (raw: string): readonly string[] => {
    const cells: string[] = [];
    readCells(raw, 0, true, cells);
    return cells;
  };
  const fieldsOf = (raw: string): JsonObject => {
    const cells = cellsOf(raw);
    return Object.fromEntries(header.map((name, index) => [name, cells[index]]));
  };
  return { source, reread: (raw) => read(new CellList(cellsOf(raw))), native: nativeBy(fieldsOf), heading: header };
}

/** Lines of text that a source reads. */
export interface LineRecords extends RecordFormat, Pick<LineFormat, 'accepts' | 'read'> {}

/** Lines under `directives`. */
export function lineFormat(
  source: Source,
  { accepts, read, fields }: LineFormat,
  directives: readonly string[],
): LineRecords {
  const heading = directives.length === 0 ? undefined : directives.map((line) => detach(line));
  return { source, accepts, read, reread: read, native: nativeBy(fields), heading };
}
