import type { Conflict } from '#desk/desk.ts';
import type { Failure } from '#model/result.ts';

/** Nobody is signed in, or the proof was refused. */
export interface NotSignedIn {
  readonly kind: 'not-signed-in';
  readonly why: string;
}
export type ApiFailure = Failure | Conflict | NotSignedIn;
