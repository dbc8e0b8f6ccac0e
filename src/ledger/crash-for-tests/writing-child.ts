/** Test-only program: writes until it is killed and prints what clients got. Arguments: directory, seed, `sync`. */
import { writeSync } from 'node:fs';
import { openLedger } from '../open-ledger.ts';
import { writeLoad } from './load.ts';

const [directory = '', seed = '0', sync = 'before'] = process.argv.slice(2);

const opened = await openLedger({
  directory,
  clock: Date.now,
  segmentBytes: 20_000,
  sync: sync === 'behind' ? 'behind' : 'before',
});
if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
await writeLoad(opened.value, Number(seed), 0, (line) => void writeSync(1, `${line}\n`));
