import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { keepImported, readImported, removeImported } from './imported-rules.ts';

const scratch = await mkdtemp(join(tmpdir(), 'cordon-imported-'));
after(() => rm(scratch, { recursive: true, force: true }));
const ruleOf = (title: string): string => `title: ${title}\nlogsource: {}\ndetection: {s: {f: a}, condition: s}\n`;
const at = Date.UTC(2026, 10, 24);

test('what is imported knows from where and when, and whether it was changed since', async () => {
  const directory = join(scratch, 'origins');
  await keepImported(directory, [{ name: '/shared/own.yml', text: ruleOf('Own') }], [], at);
  const [file] = await readImported(directory);
  assert.deepEqual([file?.text, file?.origin?.from, file?.origin?.at], [ruleOf('Own'), '/shared/own.yml', at]);
  assert.equal(file?.isChanged, false);
  await writeFile(join(directory, 'own.yml'), ruleOf('Other'));
  await writeFile(join(directory, 'by-hand.yaml'), ruleOf('By hand'));
  const again = await readImported(directory);
  assert.deepEqual(
    again.map(({ name, isChanged, origin }) => [basename(name), isChanged, origin !== undefined]),
    [
      ['by-hand.yaml', false, false],
      ['own.yml', true, true],
    ],
  );
});

test('two files of one name both stay, and no name leads out of the folder', async () => {
  const directory = join(scratch, 'names', 'rules');
  const files = ['/a/x.yml', '/b/x.yml', '../../x.yml'].map((name, index) => ({ name, text: ruleOf(`R${index}`) }));
  await keepImported(directory, files, [], at);
  const kept = await readImported(directory);
  assert.deepEqual(kept.map(({ text }) => text).sort(), files.map(({ text }) => text).sort());
  assert.deepEqual(await readdir(join(scratch, 'names')), ['rules']);
});

test('what is replaced or removed is gone, with its origin', async () => {
  const directory = join(scratch, 'replaced');
  await keepImported(directory, [{ name: '/a/x.yml', text: ruleOf('Old') }], [], at);
  await keepImported(directory, [{ name: '/a/x.yml', text: ruleOf('New') }], await readImported(directory), at + 1);
  const [only, ...others] = await readImported(directory);
  assert.deepEqual([only?.text, only?.origin?.at, others.length], [ruleOf('New'), at + 1, 0]);
  await removeImported(directory, only!);
  assert.deepEqual(await readImported(directory), []);
  assert.equal(await readFile(join(directory, 'imported.json'), 'utf8'), '{}\n');
});

test('without a folder there are none; a register that was damaged costs the origins and no rule', async () => {
  assert.deepEqual(await readImported(join(scratch, 'absent')), []);
  const directory = join(scratch, 'damaged');
  await mkdir(directory);
  await keepImported(directory, [{ name: '/a/x.yml', text: ruleOf('X') }], [], at);
  for (const damage of ['{"x.yml": 7}', '{"x.y', '']) {
    await writeFile(join(directory, 'imported.json'), damage);
    const [file] = await readImported(directory);
    assert.deepEqual([file?.text, file?.origin], [ruleOf('X'), undefined], damage);
  }
});
