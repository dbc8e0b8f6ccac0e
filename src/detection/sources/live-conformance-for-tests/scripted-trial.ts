/** Test-only: the scripted vendor as the suite wants it. */
import type { LiveTrial } from './live-trial.ts';
import { startScriptedVendor } from './scripted-vendor.ts';

/** A sign-in in Okta's format. */
export const lineAt = (time: number, id: string, rest: object = {}): string =>
  JSON.stringify({
    uuid: id,
    published: new Date(time).toISOString(),
    eventType: 'user.session.start',
    version: '0',
    severity: 'INFO',
    actor: { id: '00u1', type: 'User', alternateId: 'a@house.example', displayName: 'A' },
    outcome: { result: 'SUCCESS' },
    client: { ipAddress: '203.0.113.5' },
    target: [],
    ...rest,
  });

export const settingsFor = (port: number) => ({
  url: `http://127.0.0.1:${port}`,
  token: { env: 'SCRIPTED_TOKEN' },
  everySeconds: 0.05,
  timeoutSeconds: 0.5,
});

export const scriptedTrial: LiveTrial = {
  async start() {
    const vendor = await startScriptedVendor();
    let count = 0;
    const timeOf = (line: string): number => Date.parse((JSON.parse(line) as { published: string }).published);
    return {
      settings: settingsFor(vendor.port),
      environment: { SCRIPTED_TOKEN: 'hush' },
      put: async (times) => vendor.put(times.map((time) => lineAt(time, `e-${count++}`))),
      files: () => [
        {
          name: 'okta.ndjson',
          content: vendor
            .lines()
            .map((line) => `${line}\n`)
            .join(''),
        },
      ],
      lost: () => vendor.lost().map(timeOf),
      fault: (kind) => vendor.fault(kind),
      mend: async () => vendor.mend(),
      close: () => vendor.close(),
    };
  },
};
