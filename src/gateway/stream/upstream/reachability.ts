/**
 * Whether the CRM is there, as far as calls and probes show. While it is not, it is probed one at a time, until one
 * answers: whoever heeds readiness sends no call that would show it.
 */
export class Reachability {
  readonly #probe: () => Promise<boolean>;
  readonly #everyMs: number;
  readonly #told: (isReachable: boolean) => void;
  #isReachable = true;
  #isProbing = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `probe` resolves whether the CRM answered; `told` is called on each change. */
  constructor(probe: () => Promise<boolean>, everyMs: number, told: (isReachable: boolean) => void) {
    this.#probe = probe;
    this.#everyMs = everyMs;
    this.#told = told;
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** It answered. */
  answered(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set(true);
  }

  /** It could not be connected to. */
  failed(): void {
    this.#set(false);
    if (!this.#isProbing && !this.#isClosed) this.#timer ??= setTimeout(() => this.doubt(), this.#everyMs).unref();
  }

  /** It may be gone, or one call was too much for it: a probe tells. */
  doubt(): void {
    if (this.#isProbing || this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isProbing = true;
    const settle = (isThere: boolean): void => {
      this.#isProbing = false;
      if (isThere) this.answered();
      else this.failed();
    };
    this.#probe().then(settle, () => settle(false));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #set(isReachable: boolean): void {
    if (this.#isReachable === isReachable || this.#isClosed) return;
    this.#isReachable = isReachable;
    this.#told(isReachable);
  }
}
