import type { Finding } from '#model/finding.ts';
import type { StoredIncident } from '#model/records.ts';

/** What happens inside, before anyone's right to know is asked. */
export type Happening =
  | { readonly kind: 'tick' }
  | { readonly kind: 'incident'; readonly stored: StoredIncident }
  | { readonly kind: 'finding'; readonly finding: Finding; readonly of: StoredIncident | undefined };

/** One place where what happens is told; listeners never wait for each other. */
export interface LiveHub {
  tell(happening: Happening): void;
  /** Returns the way to stop listening; `undefined` when `who` listens twenty times already. */
  listen(who: string, listener: (happening: Happening) => void): (() => void) | undefined;
}

const mostPerPerson = 20;

export function createLiveHub(): LiveHub {
  const listeners = new Map<(happening: Happening) => void, string>();
  return {
    tell(happening) {
      for (const listener of [...listeners.keys()]) listener(happening);
    },
    listen(who, listener) {
      if ([...listeners.values()].filter((each) => each === who).length >= mostPerPerson) return undefined;
      listeners.set(listener, who);
      return () => void listeners.delete(listener);
    },
  };
}
