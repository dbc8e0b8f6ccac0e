import { inspect } from 'node:util';

/** A secret in memory that does not show itself: printed, logged or turned to JSON it reads `[secret]`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself; to be asked for only where it is used. */
  plaintext(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
