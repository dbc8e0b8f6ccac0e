import { wholeHouseLines } from '#emulators/house/ordinary-life.ts';
import { examples } from '../../examples/examples.ts';
import { differences, readExpectedEnd } from './expected-end.ts';
import { replayWithinLife } from './replay-story.ts';

// Plays every example within the life of the whole house (`npm run soak:stories`): some minutes and gigabytes.
for (const example of examples) {
  const expected = await readExpectedEnd(new URL(`../../examples/${example.name}/expected.yml`, import.meta.url));
  const began = performance.now();
  const replayed = await replayWithinLife(example, expected, wholeHouseLines);
  const wrong = differences(expected, replayed.incidents, 'within life');
  const seconds = Math.round((performance.now() - began) / 1000);
  const byRule: Record<string, number> = {};
  for (const { rule, level } of replayed.findings) {
    const name = `${rule.name} (${level})`;
    byRule[name] = (byRule[name] ?? 0) + 1;
  }
  const { events, quarantined, incidents } = replayed;
  process.stdout.write(
    `${JSON.stringify({ example: example.name, events, quarantined, seconds, incidents: incidents.length, byRule })}\n`,
  );
  for (const one of wrong) process.stdout.write(`${one}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
