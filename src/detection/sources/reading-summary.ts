import type { Event } from '#model/event.ts';
import type { QuarantinedSpan, Span } from './span.ts';

export interface Counts {
  /** Records of any fate: events + duplicates + quarantined. */
  readonly records: number;
  readonly events: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

export interface QuarantineEntry {
  readonly file: string;
  /** Byte offset and length in the unpacked file. */
  readonly offset: number;
  readonly bytes: number;
  /** What was found and what was expected. */
  readonly reason: string;
}

export interface FileSummary extends Counts {
  readonly file: string;
  /** Names of the sources its records were read by. */
  readonly sources: readonly string[];
  /** Unpacked bytes read so far. */
  readonly bytes: number;
}

/** What a run has read. It grows while events are taken and is complete when they are exhausted. */
export interface ReadingSummary extends Counts {
  readonly files: readonly FileSummary[];
  readonly sources: ReadonlyMap<string, Counts>;
  /** The first 1,000; `quarantined` is the true number. */
  readonly quarantine: readonly QuarantineEntry[];
  /** Files that no source reads yet, and what they look like. */
  readonly unknown: readonly { readonly file: string; readonly looksLike: string }[];
  /** Events left out because they are older than `since`. */
  readonly beforeSince: number;
  /** Events that were passed on after a later one, since their file's disorder is larger than its sample showed. */
  readonly outOfOrder: number;
  /** Keys no longer remembered: a duplicate so far behind its first appearance would not have been noticed. */
  readonly forgottenKeys: number;
}

const keptEntries = 1000;

class Tally implements Counts {
  events = 0;
  duplicates = 0;
  quarantined = 0;

  get records(): number {
    return this.events + this.duplicates + this.quarantined;
  }
}

class FileTally extends Tally implements FileSummary {
  readonly file: string;
  readonly seenSources = new Set<string>();
  bytes = 0;

  constructor(file: string) {
    super();
    this.file = file;
  }

  get sources(): readonly string[] {
    return [...this.seenSources].sort();
  }
}

/** Counts spans as they are read. */
export class ReadingTally extends Tally implements ReadingSummary {
  readonly #files = new Map<string, FileTally>();
  readonly sources = new Map<string, Tally>();
  readonly quarantine: QuarantineEntry[] = [];
  readonly unknown: { readonly file: string; readonly looksLike: string }[] = [];
  beforeSince = 0;
  outOfOrder = 0;
  readonly #forgottenKeys: () => number;

  constructor(forgottenKeys: () => number) {
    super();
    this.#forgottenKeys = forgottenKeys;
  }

  get files(): readonly FileSummary[] {
    return [...this.#files.values()];
  }

  get forgottenKeys(): number {
    return this.#forgottenKeys();
  }

  addFile(file: string): FileTally {
    const tally = new FileTally(file);
    this.#files.set(file, tally);
    return tally;
  }

  count(file: FileTally, spans: readonly Span[]): void {
    // Events of one source follow each other by the thousand: each run is added once.
    let source: string | undefined;
    let run = 0;
    for (const span of spans) {
      file.bytes += span.bytes;
      if (span.fate === 'accepted') {
        if (span.event.source === source) run += 1;
        else {
          this.#add('events', run, file, source);
          source = span.event.source;
          run = 1;
        }
      } else if (span.fate === 'duplicate') this.#add('duplicates', 1, file, span.source);
      else if (span.fate === 'quarantined') this.#quarantine(file, span);
    }
    this.#add('events', run, file, source);
  }

  /** What was counted as an event turns out to be one that was read before. */
  countDuplicate(event: Event): void {
    for (const tally of [this, this.#files.get(event.origin.file), this.sources.get(event.source)]) {
      if (tally === undefined) continue;
      tally.events -= 1;
      tally.duplicates += 1;
    }
  }

  #quarantine(file: FileTally, span: QuarantinedSpan): void {
    this.#add('quarantined', 1, file, span.source);
    if (this.quarantine.length >= keptEntries) return;
    this.quarantine.push({ file: file.file, offset: span.offset, bytes: span.bytes, reason: span.reason });
  }

  #add(fate: 'events' | 'duplicates' | 'quarantined', many: number, file: FileTally, source: string | undefined): void {
    this[fate] += many;
    file[fate] += many;
    if (source === undefined || many === 0) return;
    file.seenSources.add(source);
    const tally = this.sources.get(source) ?? new Tally();
    tally[fate] += many;
    this.sources.set(source, tally);
  }
}
