import { startOkta } from '#emulators/okta/okta.ts';
import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import type { RunningTrial, TrialFault } from '../live-conformance-for-tests/live-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

async function start(): Promise<RunningTrial> {
  const okta = await startOkta({ requestsPerMinute: 1_000_000 });
  const { control } = okta;
  const lines: string[] = [];
  const lost: number[] = [];
  return {
    settings: {
      url: okta.url,
      signIn: { grant: 'private_key', clientId: okta.clientId, privateKey: { env: 'OKTA_KEY' } },
      pollSeconds: 0.1,
      answerSeconds: 1,
    },
    environment: { OKTA_KEY: okta.privateKey },
    async put(times) {
      const added = await control.put(times);
      lines.push(...added.map(({ value }) => JSON.stringify(value)));
    },
    files: () => [{ name: 'okta.ndjson', content: `${lines.join('\n')}\n` }],
    lost: () => lost,
    async fault(kind: TrialFault) {
      if (kind === 'restart') await control.restart();
      else if (kind === 'expired-cursor') control.expireCursors();
      else if (kind === 'gap') {
        lost.push(...control.forget().map(({ time }) => time));
        control.expireCursors();
      } else control.fault(kind);
    },
    mend: async () => control.mend(),
    close: okta.close,
  };
}

liveSourceConforms({ live, source, trial: { start } });
