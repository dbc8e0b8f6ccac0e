import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findLosses } from './acknowledged.ts';

const child = fileURLToPath(new URL('writing-child.ts', import.meta.url));

it('kill -9 in the middle of writing, 20 times over, loses nothing acknowledged', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-kill-'));
  context.after(() => rm(directory, { recursive: true }));
  const acknowledged: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const lines = await writeAndKill(directory, round);
    assert.ok(lines.length > 3, `round ${round} was killed before it wrote`);
    acknowledged.push(...lines);
    assert.deepEqual(await findLosses(directory, acknowledged), [], `after round ${round}`);
  }
  context.diagnostic(`${acknowledged.length} writes acknowledged`);
});

/** The lines acknowledged by a child that is killed 5 to 157 ms after it began to write. */
async function writeAndKill(directory: string, round: number): Promise<readonly string[]> {
  const writing = spawn(process.execPath, [child, directory, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  writing.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(writing.stdout, 'data');
  while (output.split('\n').length < 5) await setTimeout(1);
  await setTimeout(5 + round * 8);
  writing.kill('SIGKILL');
  await once(writing, 'close');
  // A line cut short by the kill was not acknowledged to anybody.
  return output.slice(0, output.lastIndexOf('\n')).split('\n');
}
