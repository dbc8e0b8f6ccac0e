import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/doors/cli/main.ts', import.meta.url));
const corpus = fileURLToPath(new URL('../../../shared/data/detection/sigmahq-cloud-rules', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'cordon-rules-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function cordon(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [main, ...words], { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}

function written(name: string, text: string): string {
  const path = join(scratch, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const whoamiId = '11111111-1111-4111-8111-111111111111';
const whoami = `title: Whoami
id: ${whoamiId}
logsource: { product: windows, category: process_creation }
detection:
  it: { CommandLine|contains: '%tool%', Image|exists: false }
  condition: it
`.replace('%tool%', 'whoami');
const faulty = 'title: Faulty\nlogsource: { product: okta }\ndetection:\n  it: { a|nope: x }\n  condition: it\n';
const probing = `title: Probing twice
name: probing-twice
correlation:
  type: event_count
  rules: [looks-around]
  group-by: [unmapped.grant_uid]
  timespan: 1h
  condition: { gte: 2 }
level: high
`;

test('SigmaHQ’s cloud rules check clean', { skip: existsSync(corpus) ? false : 'no corpus' }, async () => {
  const { code, out } = await cordon('rules', 'check', corpus);
  assert.equal(code, 0, out);
  assert.match(out, /302 rules of 302 files can be used; 0 faults/);
});

test('check tells each fault with its line and, strictly, each notice as one', async () => {
  written('checked/whoami.yml', whoami);
  const clean = await cordon('rules', 'check', 'checked');
  assert.equal(clean.code, 0);
  assert.match(clean.out, /! .*no source here serves its log source/);
  written('checked/faulty.yml', faulty);
  const { code, out } = await cordon('rules', 'check', '--json', '--strict', 'checked');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(code, 1);
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['fault', 'notice', 'summary'],
  );
  assert.equal(lines[0]!['where'], join('checked', 'faulty.yml:4'));
});

test('test runs each layout of samples and says which event was at fault', async () => {
  written('ours/whoami.yml', whoami);
  written('ours/whoami.fire.ndjson', '{"CommandLine":"whoami /all"}\n{"CommandLine":"dir"}\n');
  written('ours/whoami.quiet.json', '[{"CommandLine":"dir"}]');
  const failed = await cordon('rules', 'test', 'ours', '--junit', 'report.xml');
  assert.equal(failed.code, 1);
  assert.match(failed.out, /whoami\.fire\.ndjson: event 2 must fire and stayed quiet/);
  assert.match(readFileSync(join(scratch, 'report.xml'), 'utf8'), /tests="1" failures="1"/);

  const folder = 'theirs/regression_data/rules/whoami';
  written('theirs/rules/whoami.yml', whoami);
  written('theirs/rules/silent.yml', whoami.replaceAll('1111', '2222'));
  written(`${folder}/${whoamiId}.json`, '{"Event":{"System":{},"EventData":{"CommandLine":"whoami"}}}');
  written(
    `${folder}/info.yml`,
    `id: 33333333-3333-4333-8333-333333333333
rule_metadata: [{ id: ${whoamiId}, title: Whoami }]
regression_tests_info:
  - { name: Positive, type: evtx, provider: Sysmon, match_count: 1, path: ${folder.slice('theirs/'.length)}/${whoamiId}.evtx }
`,
  );
  const passed = await cordon('rules', 'test', 'theirs');
  assert.equal(passed.code, 0, passed.out + passed.error);
  assert.match(passed.out, /✔ .*whoami\.yml {2}1 event, 1 event as plain JSON/);
  assert.match(passed.out, /1 rule file passed, 0 failed, 1 untested/);
  assert.equal((await cordon('rules', 'test', '--strict', 'theirs')).code, 1);
});

test('imported rules stand beside the pack; one that no longer compiles is told of and stops nothing', async () => {
  written('new/whoami.yml', whoami);
  written('new/faulty.yml', faulty);
  written('new/probing.yml', probing);
  const dry = await cordon('rules', 'import', '--dry-run', 'new');
  assert.match(dry.out, /2 files would be imported/);
  assert.ok(!existsSync(join(scratch, '.cordon/rules')));
  const first = await cordon('rules', 'import', 'new');
  assert.equal(first.code, 1, 'one is faulty');
  assert.deepEqual(readdirSync(join(scratch, '.cordon/rules')).sort(), ['imported.json', 'probing.yml', 'whoami.yml']);
  const again = await cordon('rules', 'import', 'new/whoami.yml');
  assert.equal(again.code, 1);
  assert.match(again.out, /stands in whoami\.yml.*--replace/);
  assert.equal((await cordon('rules', 'import', '--replace', 'new/whoami.yml')).code, 0);

  written('.cordon/rules/whoami.yml', faulty);
  const listed = await cordon('rules', 'list');
  assert.equal(listed.code, 1);
  assert.match(listed.out, /LEFT OUT +.*whoami\.yml:4/);
  assert.match(listed.out, /Probing twice.*from .*probing\.yml/);
  assert.equal((await cordon('rules', 'remove', 'whoami.yml')).code, 0);
  const explained = await cordon('rules', 'explain', 'probing-twice');
  assert.match(explained.out, /at least 2\n.*looks-around\n.*within 1 hour\n.*unmapped\.grant_uid/);
});
