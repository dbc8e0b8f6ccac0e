import { createHouse } from '#emulators/house/house.ts';
import { createApps } from '#emulators/salesforce/oauth/app.ts';
import { type Salesforce, type SalesforceOptions, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Destination } from './destination.ts';
import { type Client, clients, type Errand } from './visit.ts';

/** The CRM with nothing in front of it, and the same CRM on a day on which its calls are used up. */
export async function openCrm(seed: number): Promise<Destination> {
  const [crm, exhausted] = await Promise.all([startCrm(seed), startCrm(seed, {}, 1)]);
  return {
    refusal: /^REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded\.$/,
    errand: (client, allowance) => {
      if (allowance === 'fewer') return errandAt(exhausted, client);
      if (allowance === 'until-cut') cutNextExport(crm);
      return errandAt(crm, client);
    },
    close: async () => {
      await Promise.all([crm.close(), exhausted.close()]);
    },
  };
}

/** With one app for each client. */
export function startCrm(
  seed: number,
  options: SalesforceOptions = {},
  dailyApiRequests = 100_000,
): Promise<Salesforce> {
  const registered = createApps(createHouse({ seed }));
  // jsforce keeps no new refresh token, nforce loses the old one.
  const apps = clients.map((client, at) => ({ ...registered[at]!, rotatesRefreshTokens: client === 'nforce' }));
  return startSalesforce({ ...options, seed, apps, behaviour: { dailyApiRequests, bulkPageRecords: 3000 } });
}

export function cutNextExport({ control }: Salesforce): void {
  control.inject({ path: /\/results$/, fault: { kind: 'cut', afterBytes: 100_000 } });
}

export const appOf = ({ apps }: Salesforce, client: Client): Salesforce['apps'][number] =>
  apps[clients.indexOf(client)]!;

/** The CRM's user that the client's app runs as. */
export const userOf = (crm: Salesforce, client: Client): string =>
  crm.users.find(({ username }) => username === appOf(crm, client).username)!.id;

function errandAt(crm: Salesforce, client: Client): Errand {
  const { url, organizationId, control } = crm;
  const { clientId, clientSecret } = appOf(crm, client);
  const stale = control.grant(clientId).accessToken;
  control.revoke(stale);
  const identity = `${url}/id/${organizationId}/${userOf(crm, client)}`;
  return { url, ...control.grant(clientId), staleToken: stale, clientId, clientSecret, identity };
}
