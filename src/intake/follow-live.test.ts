import { fileURLToPath } from 'node:url';
import { liveSourceConforms } from '#detection/sources/live-conformance-for-tests/live-source-conforms.ts';
import { scriptedLive } from '#detection/sources/live-conformance-for-tests/scripted-live.ts';
import { scriptedTrial } from '#detection/sources/live-conformance-for-tests/scripted-trial.ts';
import { source } from '#detection/sources/okta-system-log/source.ts';

const program = fileURLToPath(
  new URL('../detection/sources/live-conformance-for-tests/scripted-server.ts', import.meta.url),
);

liveSourceConforms({ live: scriptedLive, source, trial: scriptedTrial, program });
