/** What an operation may know of and do to the other end of the connection. */
export interface Browser {
  /** Network address, for limits. */
  readonly address: string;
  /** Our own origin as this browser sees it, e.g. `http://localhost:8420`. */
  readonly origin: string;
  /** The session secret it presented. */
  readonly session: string | undefined;
  /** Gives it this session secret to keep. */
  keepSession(secret: string): void;
  forgetSession(): void;
  /** A short-lived cookie for the way to the sign-in provider and back; `undefined` takes it away. */
  keepJourney(secret: string | undefined): void;
  readonly journey: string | undefined;
  /** Path and query of the request as it came. */
  readonly target: string;
}
