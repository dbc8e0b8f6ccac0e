import type { Act } from './acts.ts';

/** Something that happens in the house besides ordinary life, as acts in time order. */
export interface Story {
  readonly name: string;
  readonly acts: readonly Act[];
  /** What happens from a moment on, one sentence each, in time order. */
  readonly chapters: readonly { readonly at: number; readonly text: string }[];
  /** What becomes of an ordinary act because of the story: itself, itself changed, or nothing where the story tells it. */
  readonly retell: (act: Act) => Act | undefined;
}
