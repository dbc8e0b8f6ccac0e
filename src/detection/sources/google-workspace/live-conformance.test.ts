import { startGoogle } from '#emulators/google/google.ts';
import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import type { RunningTrial } from '../live-conformance-for-tests/live-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const applications = ['login', 'token', 'saml', 'admin'] as const;

async function start(): Promise<RunningTrial> {
  const google = await startGoogle();
  const { control } = google;
  const lines: string[] = [];
  const lost: number[] = [];
  return {
    settings: {
      serviceAccountKey: { env: 'GOOGLE_KEY' },
      administrator: google.administrator,
      applications: [...applications],
      apiUrl: google.url,
      pollSeconds: 0.1,
      lookBackSeconds: 3 * 3600,
      lookBackEverySeconds: 0.2,
      answerSeconds: 1,
    },
    environment: { GOOGLE_KEY: google.serviceAccountKey },
    async put(times) {
      for (const [at, time] of times.entries())
        for (const { value } of control.put([time], applications[at % applications.length]!))
          lines.push(JSON.stringify(value));
    },
    files: () => [{ name: 'activities.ndjson', content: `${lines.join('\n')}\n` }],
    lost: () => lost,
    async fault(kind) {
      if (kind === 'restart') await control.restart();
      else if (kind === 'expired-cursor') control.expireCursors();
      else if (kind === 'gap') lost.push(...control.forget().map(({ time }) => time));
      else control.fault(kind);
    },
    mend: async () => control.mend(),
    close: google.close,
  };
}

liveSourceConforms({ live, source, trial: { start } });
