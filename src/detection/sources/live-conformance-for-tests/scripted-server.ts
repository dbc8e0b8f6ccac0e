/** Test-only program: `cordon start` with the scripted live source built in; reads cordon.yaml in its directory. */
import { readConfiguration } from '#configuration.ts';
import { openCordon } from '#cordon.ts';
import { serve } from '../../../doors/api/serve.ts';
import { scriptedLive } from './scripted-live.ts';

const read = readConfiguration('cordon.yaml', process.env, [scriptedLive]);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const opened = await openCordon({ ...read.value, listen: { host: '127.0.0.1', port: 0 } });
if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
const served = await serve({ cordon: opened.value });
if (!served.ok) throw new Error(JSON.stringify(served.failure));
process.stdout.write(`${served.value.url}\nCtrl-C stops it.\n`);
process.once('SIGTERM', async () => {
  await served.value.close();
  await opened.value.close();
});
