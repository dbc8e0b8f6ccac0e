/** Many may read at once; while segments are dropped nobody does, since answers look at files one after the other. */
export class ReadTurns {
  #readers = 0;
  #alone: Promise<void> | undefined;
  #whenNone: (() => void) | undefined;

  /** Waits for its turn; what it answers ends it. */
  async enter(): Promise<() => void> {
    while (this.#alone !== undefined) await this.#alone;
    this.#readers += 1;
    return () => {
      this.#readers -= 1;
      if (this.#readers === 0) this.#whenNone?.();
    };
  }

  async read<Value>(act: () => Promise<Value>): Promise<Value> {
    const leave = await this.enter();
    try {
      return await act();
    } finally {
      leave();
    }
  }

  /** Waits until nobody reads; who comes meanwhile waits until it is over. */
  async alone<Value>(act: () => Promise<Value>): Promise<Value> {
    while (this.#alone !== undefined) await this.#alone;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#alone = promise;
    try {
      if (this.#readers > 0) {
        await new Promise<void>((none) => {
          this.#whenNone = none;
        });
      }
      return await act();
    } finally {
      this.#whenNone = undefined;
      this.#alone = undefined;
      resolve();
    }
  }
}
