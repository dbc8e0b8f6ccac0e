import { told } from './play.mjs';

const application = { loginUrl: told.url, clientId: told.clientId, clientSecret: told.clientSecret };
const everything = { autoFetch: true, maxFetch: 1_000_000 };

/** What a program built on jsforce does; `Connection` is the class of either package. */
export function scenesOf(Connection) {
  const connect = (more) =>
    new Connection({
      instanceUrl: told.url,
      version: told.version,
      accessToken: told.accessToken,
      callOptions: { client: 'acceptance' },
      ...more,
    });
  const query = async (text, options, connection = connect()) => {
    const { totalSize, records } = await connection.query(text, { ...everything, ...options });
    return { totalSize, records };
  };
  const bulk = async (text) => {
    const connection = connect();
    Object.assign(connection.bulk2, { pollInterval: 20, pollTimeout: 20_000 });
    const records = [];
    for await (const record of await connection.bulk2.query(text)) records.push(record);
    return { records };
  };

  return {
    authorize: async () => {
      const connection = new Connection({ oauth2: application, version: told.version });
      const { url: identity } = await connection.authorize({ grant_type: 'client_credentials' });
      const { records } = await query(told.shortQuery, {}, connection);
      return { identity, instanceUrl: connection.instanceUrl, records };
    },
    // Twice, since a client may lose its refresh token at the first: this one never keeps a new one.
    refresh: async () => {
      const connection = connect({
        accessToken: told.staleToken,
        refreshToken: told.refreshToken,
        oauth2: application,
      });
      const { records } = await query(told.shortQuery, {}, connection);
      await connection.oauth2.revokeToken(connection.accessToken);
      const again = await query(told.shortQuery, {}, connection);
      return { instanceUrl: connection.instanceUrl, records, again: again.records.length };
    },
    identity: async () => {
      const { id, user_id, organization_id, urls } = await connect().identity();
      return { id, user_id, organization_id, rest: urls?.rest };
    },
    limits: async () => {
      const connection = connect();
      const limits = await connection.limits();
      return { names: Object.keys(limits), apiUsage: connection.limitInfo.apiUsage ?? null };
    },
    describe: async () => {
      const { name, fields } = await connect().sobject('Contact').describe();
      return { name, fields: fields.map((field) => field.name) };
    },
    'describe-global': async () => {
      const { sobjects } = await connect().describeGlobal();
      return sobjects.map(({ name }) => name);
    },
    query: () => query(told.longQuery),
    'query-all': () => query(told.longQuery, { scanAll: true }),
    'query-small-pages': () =>
      query(told.shortQuery, { headers: { 'Sforce-Query-Options': `batchSize=${told.batchSize}` } }),
    'query-related': () => query(told.relatedQuery),
    'query-nested': () => query(told.nestedQuery),
    'query-slashed': () => query(told.shortQuery, {}, connect({ instanceUrl: `${told.url}/` })),
    bulk: () => bulk(told.onePageQuery),
    'bulk-refused': () => bulk(told.bulkQuery),
    'bulk-cut': () => bulk(told.endlessQuery),
    composite: () =>
      connect().requestPost('/composite', {
        compositeRequest: [
          {
            method: 'GET',
            referenceId: 'some',
            url: `/services/data/v${told.version}/query?q=${encodeURIComponent(told.shortQuery)}`,
          },
          {
            method: 'GET',
            referenceId: 'one',
            url: `/services/data/v${told.version}/sobjects/Contact/${told.ids[0]}?fields=${told.fields.join()}`,
          },
        ],
      }),
    'composite-batch': () =>
      connect().requestPost('/composite/batch', {
        batchRequests: [
          { method: 'GET', url: `v${told.version}/query?q=${encodeURIComponent(told.shortQuery)}` },
          { method: 'GET', url: `v${told.version}/limits` },
        ],
      }),
    retrieve: () => connect().retrieve('Contact', told.ids, { fields: told.fields }),
    row: () => connect().retrieve('Contact', told.ids[0], { fields: told.fields }),
    'query-refused': () => query(told.longQuery),
  };
}
