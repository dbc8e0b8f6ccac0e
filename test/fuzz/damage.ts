import fc from 'fast-check';

/** One injury to a log: `at` is a share of its length, so that it fits any log. */
export type Damage =
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'delete'; readonly at: number; readonly count: number }
  | { readonly kind: 'change'; readonly at: number; readonly bytes: Uint8Array }
  /** Takes out the next of a given character behind `at`. */
  | { readonly kind: 'lose'; readonly at: number; readonly character: string }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly count: number }
  /** Exchanges the stretches before and behind the line end that is next to `at`. */
  | { readonly kind: 'turn'; readonly at: number };

const at = fc.double({ min: 0, max: 1, noNaN: true });
const marks = [
  '"',
  '""',
  '\n',
  '\r\n',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\\',
  ':',
  '\u0000',
  '\u00ff',
  '"\n',
  ',"',
  '{"',
  '\n{',
  '\ufeff',
];

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at,
      bytes: fc.constantFrom(...marks).map((mark) => new Uint8Array(Buffer.from(mark, 'latin1'))),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      at,
      character: fc.constantFrom('"', '\n', '{', '}', ',', '[', ']'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), at, count: fc.integer({ min: 1, max: 3000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      at,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('repeat' as const), at, count: fc.integer({ min: 1, max: 5000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), at }) },
);

/** A damaged log. Before `from` and from `until` on it is as it was; the latter counts from the end of the log. */
export interface Damaged {
  readonly bytes: Buffer;
  readonly from: number;
  readonly untilEnd: number;
}

export function inflict(sound: Buffer, damages: readonly Damage[]): Damaged {
  let bytes = sound;
  let from = sound.length;
  let untilEnd = sound.length;
  for (const each of damages) {
    const [start, end, replacement] = wound(bytes, each);
    from = Math.min(from, start);
    untilEnd = Math.min(untilEnd, bytes.length - end);
    bytes = Buffer.concat([bytes.subarray(0, start), replacement, bytes.subarray(end)]);
  }
  return { bytes, from, untilEnd };
}

/** What is taken out, `[start, end)`, and what comes in its place. */
function wound(bytes: Buffer, { at: share, ...each }: Damage): readonly [number, number, Uint8Array] {
  const start = Math.floor(share * bytes.length);
  const nothing = new Uint8Array();
  switch (each.kind) {
    case 'insert':
      return [start, start, each.bytes];
    case 'delete':
      return [start, Math.min(bytes.length, start + each.count), nothing];
    case 'change':
      return [start, Math.min(bytes.length, start + each.bytes.length), each.bytes];
    case 'lose': {
      const found = bytes.indexOf(each.character, start);
      return found < 0 ? [start, start, nothing] : [found, found + 1, nothing];
    }
    case 'cut':
      return [start, bytes.length, nothing];
    case 'repeat': {
      const end = Math.min(bytes.length, start + each.count);
      return [end, end, bytes.subarray(start, end)];
    }
    case 'turn': {
      const lineEnd = bytes.indexOf('\n', start) + 1;
      return [0, bytes.length, Buffer.concat([bytes.subarray(lineEnd), bytes.subarray(0, lineEnd)])];
    }
  }
}
