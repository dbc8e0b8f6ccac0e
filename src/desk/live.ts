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
  /** Returns the way to stop listening. */
  listen(listener: (happening: Happening) => void): () => void;
}

export function createLiveHub(): LiveHub {
  const listeners = new Set<(happening: Happening) => void>();
  return {
    tell(happening) {
      for (const listener of [...listeners]) listener(happening);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
