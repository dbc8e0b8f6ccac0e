import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { openLife } from '#detection/sources/live-conformance-for-tests/live-life.ts';
import { lineAt } from '#detection/sources/live-conformance-for-tests/scripted-trial.ts';
import { source as okta } from '#detection/sources/okta-system-log/source.ts';
import { source as eventLogFile } from '#detection/sources/salesforce-event-log-file/source.ts';
import type { Cursor, LiveSource, Step } from '#model/live-source.ts';
import type { Source } from '#model/source.ts';
import { cursorKeyOf } from './keep-cursor.ts';

const hourAgo = Date.now() - 3_600_000;

type Script = (cursor: Cursor | undefined, since: number) => AsyncIterable<Step>;

/** A life in which one stream plays a script; it is closed when `act` is done. */
async function play(
  script: Script,
  act: (life: Awaited<ReturnType<typeof openLife>>) => Promise<void>,
  { source = okta, directory = mkdtempSync(join(tmpdir(), 'cordon-follow-')) } = {} as {
    source?: Source;
    directory?: string;
  },
): Promise<void> {
  const live: LiveSource = {
    name: source.name,
    settings: z.unknown(),
    streams: () => [{ name: 'log', read: script }],
  };
  const life = await openLife({ directory: join(directory, 'data'), live, source, settings: {}, withinMs: 30 });
  try {
    await act(life);
  } finally {
    await life.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const piece = (...lines: string[]) => ({
  name: 'a piece',
  content: Buffer.from(lines.map((line) => `${line}\n`).join('')),
  arrivedAt: Date.now(),
});

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await is()) return;
    await wait(10);
  }
  throw new Error('it never happened');
}

const key = cursorKeyOf(okta.name, 'log');
const hang = (): Promise<never> => new Promise(() => undefined);

test('a cursor is kept only when its step and all before it are durable', async () => {
  const begun = Date.now();
  async function* script(): AsyncGenerator<Step> {
    // Happens now, and so waits for those before it; what follows is old and durable at once.
    yield { kind: 'read', pieces: [piece(lineAt(begun + 300, 'new'))], cursor: 1 };
    yield { kind: 'read', pieces: [piece(lineAt(hourAgo, 'old'))], cursor: 2 };
    await hang();
  }
  await play(script, async ({ store, observed }) => {
    const kept = async () => ((await store.settings.get(key)) as { cursor?: Cursor } | undefined)?.cursor;
    await until(() => observed.length === 1);
    assert.match(observed[0]!, /old/);
    await wait(30);
    assert.equal(await kept(), undefined);
    await until(async () => (await kept()) === 2);
    assert.equal(observed.length, 2);
  });
});

test('after a failure it goes on from the last whole step, after waits that the vendor asks for or that grow', async () => {
  const asked: (Cursor | undefined)[] = [];
  async function* script(cursor: Cursor | undefined): AsyncGenerator<Step> {
    asked.push(cursor);
    const number = typeof cursor === 'number' ? cursor : 0;
    if (number < 3) yield { kind: 'read', pieces: [piece(lineAt(hourAgo + number, `e${number}`))], cursor: number + 1 };
    yield { kind: 'failed', failure: { kind: 'broken', by: 'the vendor', why: '500' } };
  }
  await play(script, async ({ sources }) => {
    await until(() => asked.length > 5);
    assert.deepEqual(asked.slice(0, 5), [undefined, 1, 2, 3, 3]);
    const [stream] = sources()[0]!.streams!;
    assert.equal(stream!.state, 'failing');
    assert.equal(stream!.why, 'the vendor failed: 500');
    assert.ok(stream!.until! > Date.now() + 400, 'it says when it asks again');
    assert.equal(sources()[0]!.state, 'failing');
  });
});

test('refusals are tried at the longest wait, with words for people; who is asked to wait rests', async () => {
  const failures = [
    { kind: 'refused', by: 'the vendor', why: 'the token ended' },
    { kind: 'later', afterMs: 77_000, why: 'The vendor asks to wait' },
  ] as const;
  for (const failure of failures) {
    async function* script(): AsyncGenerator<Step> {
      yield { kind: 'failed', failure };
    }
    await play(script, async ({ sources }) => {
      await until(() => sources()[0]?.streams?.[0]?.until !== undefined);
      const { state, why, until: again } = sources()[0]!.streams![0]!;
      const waits = again! - Date.now();
      if (failure.kind === 'refused') {
        assert.deepEqual([state, why], ['failing', 'refused by the vendor: the token ended']);
        assert.ok(waits > 100_000 && waits <= 300_000, `${waits}`);
      } else {
        assert.deepEqual([state, why], ['resting', 'The vendor asks to wait']);
        assert.ok(waits > 70_000 && waits < 86_000, `${waits}`);
      }
    });
  }
});

test('a large piece passes in batches; one that breaks off leaves no half row and its cursor is not kept', async () => {
  const header = '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","USER_ID","URI","CLIENT_IP"\n';
  const row = (number: number): string =>
    `"URI","20260302090000.000","request-${number}","0055j00000000B2","/home/home.jsp","198.51.100.10"\n`;
  const rows = 5_000;
  let tries = 0;
  async function* chunks(isWhole: boolean): AsyncGenerator<Uint8Array> {
    yield Buffer.from(header);
    for (let number = 0; number < rows; number += 1) {
      // A cell cut short would read as another row.
      if (!isWhole && number === 3_500) yield Buffer.from('"URI","20260302090000.000","reque');
      if (!isWhole && number === 3_500) throw new Error('connection reset');
      yield Buffer.from(row(number));
    }
  }
  async function* script(cursor: Cursor | undefined): AsyncGenerator<Step> {
    tries += 1;
    if (cursor === undefined) {
      const content = chunks(tries > 2);
      yield { kind: 'read', pieces: [{ name: 'file', content, arrivedAt: Date.now() }], cursor: 'whole' };
    }
    await hang();
  }
  await play(
    script,
    async ({ store, observed, sources }) => {
      await until(() => tries === 3);
      await until(async () => (await store.events.total()) === rows);
      await wait(50);
      assert.equal(observed.length, rows);
      assert.equal(new Set(observed).size, rows);
      assert.equal(sources()[0]!.streams![0]!.quarantined, 0);
      const kept = (await store.settings.get(cursorKeyOf(eventLogFile.name, 'log'))) as { cursor: string };
      assert.equal(kept.cursor, 'whole');
    },
    { source: eventLogFile },
  );
});

test('a gap is kept before what follows it, told once, and shown with its stream', async () => {
  const gap = { from: hourAgo, to: hourAgo + 1_000, why: 'The cursor had expired.' };
  let tries = 0;
  async function* script(): AsyncGenerator<Step> {
    tries += 1;
    yield { kind: 'gap', gap, cursor: tries };
    yield { kind: 'failed', failure: { kind: 'broken', by: 'the vendor', why: '500' } };
  }
  await play(script, async ({ gaps, sources }) => {
    await until(() => tries > 2);
    const [told, ...others] = await gaps();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [told!.source, told!.stream, told!.from, told!.to, told!.why],
      [okta.name, 'log', gap.from, gap.to, gap.why],
    );
    const stream = sources()[0]!.streams![0]!;
    assert.equal(stream.gaps, 1);
    assert.equal(stream.lastGap!.why, gap.why);
  });
});

test('a stream that throws is a bug that is written down, and it is tried again', async () => {
  let tries = 0;
  // biome-ignore lint/correctness/useYield: it throws before it has anything to tell.
  async function* script(): AsyncGenerator<Step> {
    tries += 1;
    throw new TypeError('cannot read properties of undefined');
  }
  const directory = mkdtempSync(join(tmpdir(), 'cordon-follow-'));
  await play(
    script,
    async ({ bugs }) => {
      await until(() => tries > 1);
      assert.match(String(bugs[0]), /TypeError/);
    },
    { directory },
  );
});

test('a stream that hangs neither holds up closing nor another stream', async () => {
  async function* script(): AsyncGenerator<Step> {
    await hang();
    yield { kind: 'rest', until: 0, why: 'never' };
  }
  const before = performance.now();
  await play(script, async ({ sources }) => {
    await until(() => sources()[0]?.streams?.[0]?.state === 'starting');
  });
  assert.ok(performance.now() - before < 3_000);
});
