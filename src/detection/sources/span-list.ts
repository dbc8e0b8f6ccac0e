import type { Span } from './span.ts';

/** Gathers spans in input order; frame spans that touch become one. */
export class SpanList {
  #spans: Span[] = [];

  add(span: Span): void {
    this.#spans.push(span);
  }

  frame(offset: number, bytes: number): void {
    if (bytes === 0) return;
    const last = this.#spans.at(-1);
    if (last?.fate === 'frame' && last.offset + last.bytes === offset) {
      this.#spans[this.#spans.length - 1] = { fate: 'frame', offset: last.offset, bytes: last.bytes + bytes };
    } else this.#spans.push({ fate: 'frame', offset, bytes });
  }

  quarantine(offset: number, bytes: number, reason: string, source: string | undefined): void {
    this.#spans.push({ fate: 'quarantined', offset, bytes, reason, source });
  }

  /** Hands over what was gathered and begins anew. */
  take(): readonly Span[] {
    const spans = this.#spans;
    this.#spans = [];
    return spans;
  }
}
