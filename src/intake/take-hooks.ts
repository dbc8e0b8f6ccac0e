import type { LiveBlock } from '#configuration/live-blocks.ts';
import type { HookAnswer, HookRequest, LivePiece } from '#model/live-source.ts';
import type { HookPiece } from '#model/records.ts';
import { type LiveIntake, surroundingsOf } from './follow-live.ts';
import type { Landed } from './ordered-feed.ts';
import { readLivePiece } from './read-live-piece.ts';
import type { StreamNotes } from './stream-health.ts';

export interface HookReply {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

export interface Hooks {
  /**
   * Answers what a vendor sends to the hook of the reading of this name; undefined where there is none. 200 once what
   * came is durable: it waits in the store until its events are.
   */
  answer(reading: string, request: HookRequest): Promise<HookReply | undefined>;
  /** Takes in what waits in the store and, from now on, what comes. To be called when the feed takes events. */
  open(): Promise<void>;
  /** Resolves when what is under way is done. */
  settled(): Promise<void>;
}

/** What may wait in the store, bytes; beyond it vendors are told to send again. */
const mostWaiting = 64 << 20;
/** Under this name the hook stands beside the streams of its source. */
const streamName = 'hook';

const plain = (status: number, body: string): HookReply => ({ status, body, contentType: 'text/plain; charset=utf-8' });

export function createHooks(blocks: readonly LiveBlock[], intake: LiveIntake): Hooks {
  return new HookDesk(blocks, intake);
}

class HookDesk implements Hooks {
  readonly #blocks: ReadonlyMap<string, LiveBlock>;
  readonly #intake: LiveIntake;
  readonly #notes = new Map<string, Promise<StreamNotes>>();
  readonly #underWay = new Set<Promise<void>>();
  #isOpen = false;
  #waitingBytes = 0;

  constructor(blocks: readonly LiveBlock[], intake: LiveIntake) {
    this.#blocks = new Map(blocks.filter(({ source }) => source.hook).map((block) => [block.name, block]));
    this.#intake = intake;
  }

  async answer(reading: string, request: HookRequest): Promise<HookReply | undefined> {
    const block = this.#blocks.get(reading);
    const ask = block?.source.hook;
    if (block === undefined || ask === undefined) return undefined;
    const answer: HookAnswer = ask(block.settings, request, surroundingsOf(this.#intake));
    if (answer.kind === 'reply') return answer;
    try {
      return await this.#keep(reading, answer.pieces);
    } catch (error) {
      this.#intake.reportBug(error);
      return plain(503, 'This could not be kept; send it again.\n');
    }
  }

  async open(): Promise<void> {
    this.#isOpen = true;
    for (const { id, ...piece } of await this.#intake.store.hooks.waiting()) {
      this.#waitingBytes += piece.content.length;
      this.#start([id], [piece]);
    }
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #keep(reading: string, pieces: readonly LivePiece[]): Promise<HookReply> {
    const whole: HookPiece[] = [];
    for (const { name, content, arrivedAt } of pieces)
      whole.push({ reading, name, content: await wholeOf(content), arrivedAt });
    const bytes = bytesOf(whole);
    if (this.#waitingBytes + bytes > mostWaiting)
      return plain(503, 'Too much waits to be read; send it again later.\n');
    this.#waitingBytes += bytes;
    const wasOpen = this.#isOpen;
    const ids = await this.#intake.store.hooks.keep(whole);
    if (wasOpen) this.#start(ids, whole);
    else this.#waitingBytes -= bytes;
    return plain(200, '');
  }

  #start(ids: readonly number[], pieces: readonly HookPiece[]): void {
    const work = this.#takeIn(ids, pieces)
      // What is not stored waits in the store for the next start.
      .catch((error: unknown) => void (this.#intake.signal.aborted || this.#intake.reportBug(error)))
      .finally(() => {
        this.#underWay.delete(work);
        this.#waitingBytes -= bytesOf(pieces);
      });
    this.#underWay.add(work);
  }

  async #takeIn(ids: readonly number[], pieces: readonly HookPiece[]): Promise<void> {
    const { feed, sources, clock, store } = this.#intake;
    const lots: Promise<Landed>[] = [];
    const notes = await this.#notesOn(pieces[0]?.reading ?? '');
    for (const piece of pieces) {
      notes?.heard(clock(), true, undefined);
      await readLivePiece(piece, {
        sources,
        quarantined: () => notes?.setAside(),
        take: async (events) => {
          const lot = feed.add(events);
          lots.push(lot);
          notes?.read(events, clock());
          await feed.room();
        },
      });
    }
    for (const landed of await Promise.all(lots)) notes?.landed(landed);
    await store.hooks.forget(ids);
  }

  /** Undefined for what came to a hook that is no longer configured. */
  #notesOn(reading: string): Promise<StreamNotes> | undefined {
    const block = this.#blocks.get(reading);
    if (block === undefined) return undefined;
    const known = this.#notes.get(reading);
    if (known !== undefined) return known;
    const notes = this.#intake.streams.open({ source: block.source.name, reading, stream: streamName }, {});
    this.#notes.set(reading, notes);
    return notes;
  }
}

const bytesOf = (pieces: readonly HookPiece[]): number => pieces.reduce((sum, { content }) => sum + content.length, 0);

async function wholeOf(content: LivePiece['content']): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
