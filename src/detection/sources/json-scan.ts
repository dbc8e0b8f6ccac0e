import { maxRecordBytes } from './span.ts';

/** Where a JSON object ends, found by its structure alone (RFC 8259), without building it. */
export type ObjectEnd =
  | { readonly kind: 'complete'; readonly end: number }
  /** The text, or 1 MB of it, ends before the object does. */
  | { readonly kind: 'open'; readonly at: number }
  /** No JSON text goes on like this. */
  | { readonly kind: 'broken'; readonly at: number };

const meaning_ = { illegal: 0, plain: 1, quote: 2, opening: 3, closing: 4 } as const;

/** What each byte means outside strings. */
const meanings = new Uint8Array(256);
for (const character of ' \t\r\n,:+-.0123456789eEtrufalsn') meanings[character.charCodeAt(0)] = meaning_.plain;
meanings['"'.charCodeAt(0)] = meaning_.quote;
for (const character of '{[') meanings[character.charCodeAt(0)] = meaning_.opening;
for (const character of '}]') meanings[character.charCodeAt(0)] = meaning_.closing;

/** Finds the end of the object whose `{` stands at `start`. `text` is Latin-1: one character per byte. */
export function findObjectEnd(text: string, start: number): ObjectEnd {
  const limit = Math.min(text.length, start + maxRecordBytes);
  let depth = 0;
  for (let at = start; at < limit; at++) {
    switch (meanings[text.charCodeAt(at)]) {
      case meaning_.plain:
        break;
      case meaning_.quote: {
        const end = findStringEnd(text, at + 1, limit);
        if (end < 0) return { kind: 'broken', at: -end };
        if (end >= limit) return { kind: 'open', at: limit };
        at = end;
        break;
      }
      case meaning_.opening:
        depth += 1;
        break;
      case meaning_.closing:
        depth -= 1;
        if (depth === 0) return { kind: 'complete', end: at + 1 };
        break;
      default:
        return { kind: 'broken', at };
    }
  }
  return { kind: 'open', at: limit };
}

/** Index of the quote that ends the string, `limit` when it is open there, negated index of an illegal line end. */
function findStringEnd(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) return at;
    if (code === 92) at += 1;
    else if (code < 32) return -at;
  }
  return limit;
}

/** Where a walk through an envelope's own members has come to. */
export type EnvelopeStep =
  /** `at` stands behind the `[` of an array of records; `depth` objects are open around it. */
  | { readonly kind: 'records'; readonly at: number; readonly depth: number }
  /** The envelope has ended at `at`. */
  | { readonly kind: 'ended'; readonly at: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly at: number };

/**
 * Members under which envelopes keep their records, some inside another member: `data.events` (Okta event hooks),
 * `response.authlogs` (Duo); `records` of Azure's event hubs, `Records` of CloudTrail's files, `value` of Graph's pages,
 * `items` of Google's, `data` of OneLogin's, `entries` of Cloud Logging's.
 */
export const recordMembers: ReadonlySet<string> = new Set([
  'records',
  'Records',
  'events',
  'value',
  'Results',
  'items',
  'data',
  'entries',
  'authlogs',
]);

/**
 * Walks an envelope's members from `from`, where `depth` of its objects and arrays are open, to the next array of
 * objects under a known name, at most two levels deep, or to the envelope's end.
 */
export function walkEnvelope(text: string, from: number, depth: number): EnvelopeStep {
  const limit = Math.min(text.length, from + maxRecordBytes);
  let open = depth;
  for (let at = from; at < limit; at++) {
    const meaning = meanings[text.charCodeAt(at)];
    if (meaning === meaning_.quote) {
      const end = findStringEnd(text, at + 1, limit);
      if (end < 0) return { kind: 'broken', at: -end };
      if (end >= limit) return { kind: 'open' };
      if (open <= 2 && recordMembers.has(text.slice(at + 1, end))) {
        const array = arrayOfObjectsAt(text, end + 1);
        if (array > 0) return { kind: 'records', at: array, depth: open };
      }
      at = end;
    } else if (meaning === meaning_.opening) open += 1;
    else if (meaning === meaning_.closing) {
      open -= 1;
      if (open === 0) return { kind: 'ended', at: at + 1 };
    } else if (meaning === meaning_.illegal) return { kind: 'broken', at };
  }
  return { kind: 'open' };
}

const arrayOfObjects = /\s*:\s*\[(?=\s*\{)/y;

/** Index behind the `[` of `: [ {` at `from`, or -1. */
function arrayOfObjectsAt(text: string, from: number): number {
  arrayOfObjects.lastIndex = from;
  return arrayOfObjects.test(text) ? arrayOfObjects.lastIndex : -1;
}
