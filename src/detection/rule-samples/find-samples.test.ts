import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { findSamples } from './find-samples.ts';

const scratch = await mkdtemp(join(tmpdir(), 'cordon-samples-'));
after(() => rm(scratch, { recursive: true, force: true }));
const id = '11111111-1111-4111-8111-111111111111';
const rule = `title: R\nid: ${id}\nlogsource: {}\ndetection: {s: {f: a}, condition: s}\n`;

async function lay(folder: string, files: Readonly<Record<string, string>>) {
  const root = join(scratch, folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const rules = Object.entries(files).filter(([, text]) => text.startsWith('title:'));
  const found = await findSamples(
    root,
    rules.map(([name, text]) => ({ name: join(root, name), text })),
  );
  return {
    ...found,
    sets: found.sets.map(({ place, expects, records }) => [place.slice(root.length + 1), expects, records]),
  };
}

test('samples stand beside a rule by its name, as one object, an array or lines', async () => {
  const { sets, faults } = await lay('beside', {
    'x.yml': rule,
    'x.fire.ndjson': '{"f":"a"}\n{"f":"A"}\n',
    'x.quiet.json': '[{"f":"b"}]',
    'other.fire.ndjson': '{"f":"of another"}\n',
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(sets, [
    ['x.fire.ndjson', { kind: 'fire', each: true }, [{ f: 'a' }, { f: 'A' }]],
    ['x.quiet.json', { kind: 'quiet' }, [{ f: 'b' }]],
  ]);
});

test('a folder of the pack’s kind tells a story, of which the end fires', async () => {
  const { sets } = await lay('folder', { 'r/rule.yml': rule, 'r/fire.ndjson': '{"f":"a"}', 'r/quiet.ndjson': '{}' });
  assert.deepEqual(sets, [
    ['r/fire.ndjson', { kind: 'fire', each: false }, [{ f: 'a' }]],
    ['r/quiet.ndjson', { kind: 'quiet' }, [{}]],
  ]);
});

test('lines that name their rule are that rule’s; other lines are none of ours', async () => {
  const { sets } = await lay('labelled', {
    'x.yml': rule,
    'samples.ndjson': `{"rule":"${id}","fires":true,"event":{"f":"a"}}\n{"rule":"${id}","fires":false,"event":{}}\n`,
    'log.ndjson': '{"some":"log"}\n',
  });
  assert.deepEqual(sets, [['samples.ndjson', { kind: 'events', fires: [true, false] }, [{ f: 'a' }, {}]]]);
});

test('SigmaHQ’s regression data: paths from the root, JSON for what is there as .evtx', async () => {
  const info = (path: string) =>
    `id: x\nrule_metadata:\n  - id: ${id}\n    title: R\nregression_tests_info:\n  - name: one\n    type: evtx\n    match_count: 2\n    path: ${path}\n`;
  const place = 'regression_data/rules/windows/r';
  const found = await lay('sigmahq', {
    'rules/windows/r.yml': rule,
    [`${place}/info.yml`]: info(`${place}/${id}.evtx`),
    [`${place}/${id}.json`]: '{"Event":{"System":{"EventID":1},"EventData":{"f":"a"}}}',
  });
  assert.deepEqual(
    found.sets.map(([at, expects]) => [at, expects]),
    [[`${place}/${id}.json`, { kind: 'count', atLeast: 2 }]],
  );
  const bare = await lay('evtx', { 'r.yml': rule, 'data/info.yml': info('data/x.evtx') });
  assert.deepEqual(
    [bare.sets, [...bare.unread.values()]],
    [[], ['its events are there as .evtx only, which is not read']],
  );
});

test('samples that cannot be read say where and what', async () => {
  const { faults } = await lay('faulty', { 'x.yml': rule, 'x.fire.ndjson': '{"f":"a"}\n7\n', 'x.quiet.json': '[]' });
  assert.deepEqual(
    faults.map((fault) => fault.kind === 'invalid' && [fault.where.replace(/.*\//, ''), fault.found]),
    [
      ['x.fire.ndjson:2', 'what is no JSON object'],
      ['x.quiet.json:1', 'no event'],
    ],
  );
});
