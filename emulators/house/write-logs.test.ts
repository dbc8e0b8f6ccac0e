import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { hourMs } from './calendar.ts';
import { createHouse } from './house.ts';
import { createLife } from './ordinary-life.ts';
import { type LogExport, writeLogs } from './write-logs.ts';

const house = createHouse({ seed: 1 });
const morning = Date.UTC(2026, 9, 13, 9);
const acts = () => createLife(house, 8_000).between(morning, morning + 3 * hourMs);

async function written(options: Partial<LogExport> & { readonly compressed?: boolean }): Promise<Map<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-logs-'));
  try {
    await writeLogs(directory, house, { acts: acts(), ...options });
    const files = new Map<string, string>();
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const content = await readFile(path);
      files.set(path.slice(directory.length + 1), (path.endsWith('.gz') ? gunzipSync(content) : content).toString());
    }
    return files;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('event log files hold one hour each, the other logs all of it', async () => {
  const files = await written({});
  const hours = [...files.keys()].filter((path) => path.endsWith('_RestApi.csv')).sort();
  assert.deepEqual(
    hours,
    ['09', '10', '11'].map((hour) => `event-log-files/2026-10-13T${hour}_RestApi.csv`),
  );
  for (const [path, text] of files) {
    if (!path.startsWith('event-log-files/')) continue;
    const stamp = path.slice('event-log-files/'.length, 'event-log-files/2026-10-13T09'.length).replace(/[-T]/g, '');
    for (const row of text.trimEnd().split('\n').slice(1)) assert.equal(row.split('","')[1]?.slice(0, 10), stamp, path);
  }
  const history = JSON.parse(files.get('LoginHistory.json')!) as readonly unknown[];
  assert.ok(history.length > 10, `${history.length} sign-ins`);
  const events = files.get('real-time-events/ApiEvent.ndjson')!.trimEnd().split('\n');
  for (const line of events) JSON.parse(line);
});

test('compressed files hold the same text', async () => {
  const plain = await written({});
  const compressed = await written({ compressed: true });
  assert.deepEqual(new Map([...compressed].map(([path, text]) => [path.replace(/\.gz$/, ''), text])), plain);
});

test('a house without the paid licence has call counts by the day and the sign-in history', async () => {
  const files = await written({ only: ['ApiTotalUsage', 'LoginHistory'], interval: 'Daily' });
  assert.deepEqual([...files.keys()].sort(), ['LoginHistory.json', 'event-log-files/2026-10-13_ApiTotalUsage.csv']);
});
