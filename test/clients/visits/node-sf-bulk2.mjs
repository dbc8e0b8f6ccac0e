import { setTimeout } from 'node:timers/promises';
import { BulkAPI2 } from 'node-sf-bulk2';
import { play, told } from './play.mjs';

const client = new BulkAPI2({
  accessToken: told.accessToken,
  apiVersion: told.version,
  instanceUrl: told.url,
  callOptions: { client: 'acceptance' },
});

async function finishedJob(form) {
  const { id } = await client.submitBulkQueryJob({ operation: 'query', query: told.bulkQuery, ...form });
  for (;;) {
    const job = await client.getBulkQueryJobInfo(id);
    if (job.state === 'JobComplete') return job;
    if (job.state === 'Failed') throw new Error(job.errorMessage);
    await setTimeout(20);
  }
}

const page = ({ data, headers }) => ({
  csv: data,
  records: headers['sforce-numberofrecords'],
  locator: headers['sforce-locator'],
});

async function everyPage(form) {
  const job = await finishedJob(form);
  const pages = [];
  for (let locator; locator !== 'null'; locator = pages.at(-1).locator) {
    pages.push(page(await client.getBulkQueryResults(job.id, locator, told.maxRecords)));
  }
  return { processed: job.numberRecordsProcessed, pages };
}

async function stream(query) {
  const job = await finishedJob({ query });
  const chunks = [];
  for await (const chunk of await client.getBulkQueryResultsStream(job.id)) chunks.push(chunk);
  return { csv: Buffer.concat(chunks).toString() };
}

/** How many records came before the export ended, and whether it ended well. */
async function countRecords() {
  let csv = '';
  let isWhole = false;
  try {
    const { id } = await finishedJob({ query: told.idsQuery });
    for await (const chunk of await client.getBulkQueryResultsStream(id)) csv += chunk;
    isWhole = true;
  } catch {
    // Refused, or cut on the way.
  }
  return { records: csv.match(/^"003\w{15}"$/gm)?.length ?? 0, isWhole };
}

await play({
  'bulk-pages': () => everyPage(),
  'bulk-semicolons': () => everyPage({ columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' }),
  'bulk-all': () => everyPage({ operation: 'queryAll' }),
  'bulk-stream': () => stream(told.onePageQuery),
  'bulk-result-pages': async () => {
    const { id } = await finishedJob();
    const { resultPages, done } = await client.getBulkQueryResultPages(id);
    const pages = [];
    for (const { resultLink } of resultPages.toReversed()) {
      pages.unshift(page(await client.getResultPage(resultLink)));
    }
    return { done, pages };
  },
  'bulk-abort': async () => {
    const { id } = await client.submitBulkQueryJob({ operation: 'query', query: told.bulkQuery });
    const { state } = await client.abortBulkQueryJob(id);
    await client.deleteBulkQueryJob(id);
    return { state };
  },
  'bulk-list': async () => {
    const { id } = await finishedJob();
    const { records } = await client.getAllBulkQueryJobInfo();
    return { listed: records.some((job) => job.id === id) };
  },
  'bulk-refused': () => everyPage(),
  'bulk-at-once': () => Promise.all([countRecords(), countRecords(), countRecords()]),
  'bulk-cut': () => stream(told.endlessQuery),
});
