/** A bar on the error stream for long work; silent where that stream is no terminal. */
export interface Progress {
  /** `share` from 0 to 1; `words` say what is being done. */
  readonly show: (share: number, words: string) => void;
  readonly clear: () => void;
}

export function progressOn(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  clock: () => number,
): Progress {
  if (stream.isTTY !== true) return { show: () => {}, clear: () => {} };
  const everyMs = 80;
  const startedAt = clock();
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(share, words) {
      const now = clock();
      if (now - shownAt < everyMs && share < 1) return;
      shownAt = now;
      const cells = 24;
      const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
      const left = share > 0.02 ? ((now - startedAt) / share) * (1 - share) : undefined;
      const rest = left !== undefined && left > 2000 ? `  ${Math.ceil(left / 1000)} s left` : '';
      const line = `${'━'.repeat(full)}${'╌'.repeat(cells - full)} ${String(Math.floor(share * 100)).padStart(3)}%  ${words}${rest}`;
      stream.write(`\r\u001b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear: () => stream.write('\r\u001b[K'),
  };
}
