import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findLosses } from './crash-for-tests/find-losses.ts';
import { temporaryDirectory } from './fixtures-for-tests/written.ts';

const child = fileURLToPath(new URL('crash-for-tests/writing-child.ts', import.meta.url));

test('kill -9 in the middle of writing, 20 times over, leaves nothing that a client got out of the account', async (context) => {
  const directory = await temporaryDirectory(context);
  const told: string[] = [];
  for (let round = 0; round < 20; round++) {
    const lines = await writeAndKill(directory, round, round % 4 === 3 ? 'behind' : 'before');
    assert.ok(lines.length > 10, `round ${round} was killed before it wrote`);
    assert.deepEqual(await findLosses(directory, lines), [], `round ${round}`);
    told.push(...lines);
  }
  assert.deepEqual(await findLosses(directory, told), [], 'after all rounds');
  context.diagnostic(`${told.length} ids received`);
});

/** What a child told before it was killed, 5 to 119 ms after its first words. */
async function writeAndKill(directory: string, round: number, sync: string): Promise<readonly string[]> {
  const argv = [child, directory, String(round), sync];
  const writing = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  writing.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(writing.stdout, 'data');
  await setTimeout(5 + round * 6);
  writing.kill('SIGKILL');
  await once(writing, 'close');
  return output.slice(0, output.lastIndexOf('\n')).split('\n');
}
