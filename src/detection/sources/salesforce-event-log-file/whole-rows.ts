import { maxRecordBytes } from '../span.ts';

const [quote, lineFeed] = [34, 10];

/**
 * The rows of a CSV as they come, never a part of one: what breaks off in the middle of a row ends behind the row
 * before. A line end between quotes belongs to its cell (RFC 4180 section 2); a cell longer than any record may be has
 * a quote too few, and is no reason to hold back the rest of the file.
 */
export async function* wholeRows(
  chunks: AsyncIterable<Uint8Array>,
  isWhole: () => boolean,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let isQuoted = false;
  for await (const chunk of chunks) {
    let end = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === quote) isQuoted = !isQuoted;
      else if (chunk[at] === lineFeed && !isQuoted) end = at + 1;
    }
    if (end > 0) {
      yield* held;
      yield chunk.subarray(0, end);
      held = [];
      heldBytes = 0;
    }
    if (end < chunk.length) held.push(chunk.subarray(end));
    heldBytes += chunk.length - end;
    if (heldBytes <= maxRecordBytes) continue;
    yield* held;
    held = [];
    heldBytes = 0;
    isQuoted = false;
  }
  // The last row of a whole file may lack its line end.
  if (isWhole()) yield* held;
}
