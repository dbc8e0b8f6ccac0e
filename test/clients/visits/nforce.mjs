import nforce from 'nforce';
import { play, told } from './play.mjs';

const connect = (accessToken, more) =>
  nforce.createConnection({
    clientId: told.clientId,
    clientSecret: told.clientSecret,
    apiVersion: `v${told.version}`,
    environment: 'production',
    mode: 'single',
    loginUri: `${told.url}/services/oauth2/token`,
    autoRefresh: true,
    oauth: { access_token: accessToken, refresh_token: told.refreshToken, instance_url: told.url, id: told.identity },
    ...more,
  });
const query = async (connection, text, more) => {
  const { totalSize, records } = await connection.query({ query: text, fetchAll: true, raw: true, ...more });
  return { totalSize, records };
};

await play({
  // Twice, since a client may lose its refresh token at the first: this one does unless it gets a new one.
  refresh: async () => {
    const connection = connect(told.staleToken);
    const { records } = await query(connection, told.shortQuery);
    const form = new URLSearchParams({ token: connection.getOAuth().access_token });
    await fetch(`${told.url}/services/oauth2/revoke`, { method: 'POST', body: form });
    const again = await query(connection, told.shortQuery);
    return { instanceUrl: connection.getOAuth().instance_url, records, again: again.records.length };
  },
  identity: async () => {
    const { id, user_id, organization_id, urls } = await connect(told.accessToken).getIdentity();
    return { id, user_id, organization_id, rest: urls?.rest };
  },
  limits: async () => ({ names: Object.keys(await connect(told.accessToken).getLimits()) }),
  describe: async () => {
    const { name, fields } = await connect(told.accessToken).getDescribe('Contact');
    return { name, fields: fields.map((field) => field.name) };
  },
  query: () => query(connect(told.accessToken), told.longQuery),
  'query-gzip': () => query(connect(told.accessToken, { gzip: true }), told.longQuery),
  'query-all': () => query(connect(told.accessToken), told.longQuery, { includeDeleted: true }),
  row: () => connect(told.accessToken).getRecord({ type: 'Contact', id: told.ids[0], fields: told.fields, raw: true }),
  'query-refused': () => query(connect(told.accessToken), told.longQuery),
});
