import { Fingerprint, seedOf } from '#lib/fingerprint.ts';

const seed = seedOf('line');

/** For logs of lines without ids: what tells a record is its line. */
export function printLine(line: string, time: number): Fingerprint {
  const print = new Fingerprint(time);
  print.add(seed, line);
  return print;
}
