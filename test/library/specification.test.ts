// The table of docs/sigma.md: each row names a test that exists, each test of src/sigma/specification has its row.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile } from '#sigma/compile.ts';

const manual = readFileSync(new URL('../../docs/sigma.md', import.meta.url), 'utf8');
const room = new URL('../../src/sigma/', import.meta.url);

interface Row {
  readonly point: string;
  readonly file: string;
  readonly name: string;
}

const table = manual.slice(manual.indexOf('## The points of the specification'));
const rows: readonly Row[] = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| point '))
  .map((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
    const [, point = '', file = '', name = ''] = cells;
    assert.equal(cells.length, 5, line);
    return { point, file, name };
  });

/** The names that a file gives its tests, one by one or as the `name` of a case, on a line of its own. */
function testsIn(file: string): ReadonlySet<string> {
  const text = readFileSync(new URL(file, room), 'utf8');
  const stated = text.matchAll(/(?:\b(?:test|point|story|refused)\(\s*|^ +name: )(['"])(.+?)\1,/gm);
  return new Set([...stated].map(([, , name = '']) => name));
}

test('every point of the specification names a test that exists', () => {
  assert.ok(rows.length > 150, `only ${rows.length} rows were found`);
  const known = new Map([...new Set(rows.map(({ file }) => file))].map((file) => [file, testsIn(file)]));
  const wrong = rows.filter(({ point, file, name }) => point === '' || !known.get(file)?.has(name));
  assert.deepEqual(wrong, []);
});

test('every test of the specification has its row', () => {
  const files = readdirSync(new URL('specification/', room)).filter((file) => file.endsWith('.test.ts'));
  assert.ok(files.length >= 5);
  const missing = files.flatMap((each) => {
    const file = `specification/${each}`;
    return [...testsIn(file)].filter((name) => !rows.some((row) => row.file === file && row.name === name));
  });
  assert.deepEqual(missing, []);
});

test('the manual’s first example says what it says it says, and the others compile', () => {
  const first = /```js\n(.*?)```/s.exec(manual)?.[1] ?? '';
  const said = /^\/\/ (.*)$/m.exec(first)?.[1];
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', first], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
  });
  assert.equal(stdout.trim(), said, stderr);
  const examples = [...manual.matchAll(/(?:compile\(|pipelines = )`\n([^`]+)`/g)].map(([, text = '']) => text);
  assert.equal(examples.length, 3);
  for (const text of examples) {
    const rule = 'title: x\nlogsource: {}\ndetection: {s: {a: 1}, condition: s}';
    const outcome = text.includes('transformations') ? compile(rule, { pipelines: text }) : compile(text);
    assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  }
});
