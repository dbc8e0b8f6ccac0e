import { startEntra } from '#emulators/entra/entra.ts';
import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import type { RunningTrial } from '../live-conformance-for-tests/live-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

async function start(): Promise<RunningTrial> {
  const entra = await startEntra();
  const { control } = entra;
  const lines: string[] = [];
  const lost: number[] = [];
  return {
    settings: {
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      signIn: { grant: 'client_secret', clientSecret: { env: 'ENTRA_SECRET' } },
      loginUrl: entra.url,
      graphUrl: entra.url,
      pollSeconds: 0.1,
      lookBackSeconds: 3 * 3600,
      lookBackEverySeconds: 0.2,
      answerSeconds: 1,
    },
    environment: { ENTRA_SECRET: entra.clientSecret },
    async put(times) {
      lines.push(...control.put(times, 'directoryAudit').map(({ value }) => JSON.stringify(value)));
    },
    files: () => [{ name: 'audits.ndjson', content: `${lines.join('\n')}\n` }],
    lost: () => lost,
    async fault(kind) {
      if (kind === 'restart') await control.restart();
      else if (kind === 'expired-cursor') control.expireCursors();
      else if (kind === 'gap') lost.push(...control.forget().map(({ time }) => time));
      else control.fault(kind);
    },
    mend: async () => control.mend(),
    close: entra.close,
  };
}

liveSourceConforms({ live, source, trial: { start } });
