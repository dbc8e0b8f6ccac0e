import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { examples, logsOf } from '../../examples/examples.ts';
import { differences, readExpectedEnd } from './expected-end.ts';
import { replayAlone, replayWithinLife } from './replay-story.ts';

const folder = (name: string): URL => new URL(`../../examples/${name}/`, import.meta.url);

test('every folder of examples is told by the house', async () => {
  const entries = await readdir(new URL('../../examples/', import.meta.url), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(folders.sort(), examples.map(({ name }) => name).sort());
});

for (const example of examples) {
  test(`${example.name}: logs are what the house writes (npm run examples:write)`, async () => {
    const logs = new URL('logs/', folder(example.name));
    const entries = await readdir(logs, { recursive: true, withFileTypes: true });
    const files = logsOf(example);
    assert.equal(entries.filter((entry) => entry.isFile()).length, files.size);
    for (const [path, text] of files) {
      const content = await readFile(new URL(path, logs));
      assert.equal((path.endsWith('.gz') ? gunzipSync(content) : content).toString(), text, path);
    }
  });

  test(`${example.name}: its lines alone end as expected`, async () => {
    const expected = await readExpectedEnd(new URL('expected.yml', folder(example.name)));
    const replayed = await replayAlone(example, expected);
    assert.equal(replayed.quarantined, 0);
    assert.deepEqual(differences(expected, replayed.incidents, 'alone'), []);
  });

  test(`${example.name}: within ordinary life it ends as expected`, { timeout: 300_000 }, async () => {
    const expected = await readExpectedEnd(new URL('expected.yml', folder(example.name)));
    const { eventsPerDay } = expected.ordinaryLife;
    const replayed = await replayWithinLife(example, expected, eventsPerDay);
    assert.equal(replayed.quarantined, 0);
    assert.deepEqual(differences(expected, replayed.incidents, 'within life'), []);
  });
}
