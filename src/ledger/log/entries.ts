/** What stands in the frames that hold JSON instead of ids. */
import { z } from 'zod';
import { senderTiers } from '#model/release.ts';
import type { FrameKind } from './frame.ts';

const whole = z.int().nonnegative();

/** `framesBefore`: in all segments before this one, dropped ones included. */
const segment = z.strictObject({ format: z.literal(1), segment: z.int().positive(), framesBefore: whole });

/**
 * A release's head; again in every later segment that holds records of it. What is absent is as in release `like`, whose
 * head stands before in the same segment; null where there is none.
 */
const release = z.strictObject({
  at: whole,
  like: z.int().positive().optional(),
  integration: z.string().optional(),
  token: z.string().optional(),
  tier: z.enum(senderTiers).optional(),
  address: z.string().optional(),
  operation: z.string().optional(),
  object: z.string().optional(),
  fields: z.array(z.string()).readonly().optional(),
  query: z.string().nullable().optional(),
  customerField: z.string().nullable().optional(),
});

const end = z.strictObject({ how: z.enum(['complete', 'cut', 'broken']) });

const covered = { integration: z.string(), token: z.string(), object: z.string() };

/** How many records may have left that no frame before this one names. */
const reservation = z.strictObject({ ...covered, outstanding: whole });

/** What a crash left unknown, once and for all: up to so many records left between `from` and `to`. */
const lapse = z.strictObject({ ...covered, upTo: z.int().positive(), from: whole, to: whole });

const hashText = z.string().regex(/^[0-9a-f]{64}$/);

/** Segments that were dropped by policy, and the two ends of the chain that they leave. */
const tombstone = z.strictObject({
  at: whole,
  why: z.string(),
  firstSegment: z.int().positive(),
  lastSegment: z.int().positive(),
  /** The hash before their first frame, and that of their last. */
  hashBefore: hashText,
  hashAfter: hashText,
  /** Times of the first and last records; when there were none, that of the dropping. */
  from: whole,
  to: whole,
  bytes: whole,
  releases: whole,
  records: whole,
  unknownUpTo: whole,
});

const seal = z.strictObject({ frames: whole });
const close = z.strictObject({});

const schemas = { segment, release, end, reservation, lapse, tombstone, seal, close } satisfies Partial<
  Record<FrameKind, z.ZodType>
>;

export type ReleaseEntry = z.infer<typeof release>;
export type ReservationEntry = z.infer<typeof reservation>;
export type Lapse = z.infer<typeof lapse>;
export type Tombstone = z.infer<typeof tombstone>;

export type Entry =
  | { readonly kind: 'segment'; readonly value: z.infer<typeof segment> }
  | { readonly kind: 'release'; readonly value: ReleaseEntry }
  | { readonly kind: 'end'; readonly value: z.infer<typeof end> }
  | { readonly kind: 'reservation'; readonly value: ReservationEntry }
  | { readonly kind: 'lapse'; readonly value: Lapse }
  | { readonly kind: 'tombstone'; readonly value: Tombstone }
  | { readonly kind: 'seal'; readonly value: z.infer<typeof seal> }
  | { readonly kind: 'close'; readonly value: z.infer<typeof close> };

/** Undefined when the body is not what frames of this kind hold; such a frame was not written by this room. */
export function parseEntry(kind: Entry['kind'], body: Uint8Array): Entry | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
    const parsed = schemas[kind].safeParse(value);
    return parsed.success ? ({ kind, value: parsed.data } as Entry) : undefined;
  } catch {
    return undefined;
  }
}
