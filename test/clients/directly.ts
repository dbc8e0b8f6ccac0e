import { createHouse } from '#emulators/house/house.ts';
import { createApps } from '#emulators/salesforce/oauth/app.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Destination } from './destination.ts';
import { type Client, clients, type Errand } from './visit.ts';

/** The CRM with nothing in front of it, and the same CRM on a day on which its calls are used up. */
export async function openCrm(seed: number): Promise<Destination> {
  const registered = createApps(createHouse({ seed }));
  // jsforce keeps no new refresh token, nforce loses the old one.
  const apps = clients.map((client, at) => ({ ...registered[at]!, rotatesRefreshTokens: client === 'nforce' }));
  const start = (dailyApiRequests: number) =>
    startSalesforce({ seed, apps, behaviour: { dailyApiRequests, bulkPageRecords: 3000 } });
  const [crm, exhausted] = await Promise.all([start(100_000), start(1)]);
  return {
    refusal: /^REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded\.$/,
    errand: (client, allowance) => {
      if (allowance === 'fewer') return errandAt(exhausted, client);
      if (allowance === 'until-cut') {
        crm.control.inject({ path: /\/results$/, fault: { kind: 'cut', afterBytes: 100_000 } });
      }
      return errandAt(crm, client);
    },
    close: async () => {
      await Promise.all([crm.close(), exhausted.close()]);
    },
  };
}

function errandAt({ url, organizationId, apps, users, control }: Salesforce, client: Client): Errand {
  const { clientId, clientSecret, username } = apps[clients.indexOf(client)]!;
  const stale = control.grant(clientId).accessToken;
  control.revoke(stale);
  const user = users.find((known) => known.username === username)!;
  const identity = `${url}/id/${organizationId}/${user.id}`;
  return { url, ...control.grant(clientId), staleToken: stale, clientId, clientSecret, identity };
}
