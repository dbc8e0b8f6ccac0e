import type { DemoView } from '#model/wire.ts';
import type { Intake } from './intake.ts';

/** How the demonstration is wished for. */
export interface DemoWish {
  readonly seed?: number;
  /** Ordinary events per day of the house's life. */
  readonly eventsPerDay?: number;
  /** Seconds of the story per second of yours. */
  readonly speed?: number;
}

export interface DemoPlayer {
  view(): DemoView;
  steer(wish: { readonly playing?: boolean | undefined; readonly speed?: number | undefined }): DemoView;
  /** Loads the house's past, then plays its present until the story ends or the intake stops. */
  play(): Promise<void>;
}

export function playDemo(_wish: DemoWish, _intake: Intake): DemoPlayer {
  throw new Error('x');
}
