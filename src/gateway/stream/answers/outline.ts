import type { ScannedRecords } from '#scan/scan.ts';
import { repeatsMember } from './repeats-member.ts';

const comma = 44;

/**
 * The answer without its records: each outermost one is a 0, and neighbours apart by a bare comma are one 0 together, so
 * that a full page has an outline of a hundred bytes.
 */
export function outline(bytes: Buffer, scanned: ScannedRecords): string {
  let text = '';
  let from = 0;
  for (let index = 0; index < scanned.count; index++) {
    if (scanned.parents[index]! >= 0) continue;
    const start = scanned.starts[index]!;
    const isNeighbour = from > 0 && start === from + 1 && bytes[from] === comma;
    if (!isNeighbour) text += `${bytes.toString('utf8', from, start)}0`;
    from = scanned.ends[index]!;
  }
  return text + bytes.toString('utf8', from);
}

/** What an outline says; undefined when it is no JSON or has a member twice. */
export function readOutline(text: string): unknown {
  if (repeatsMember(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
