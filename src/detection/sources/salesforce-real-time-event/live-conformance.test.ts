import { setTimeout as delay } from 'node:timers/promises';
import { startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { JsonObject } from '#model/source.ts';
import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import type { LiveTrial, TrialFault } from '../live-conformance-for-tests/live-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const topics = ['/event/ApiEventStream', '/event/LoginEventStream', '/event/BulkApiResultEvent'];

interface Put {
  readonly topic: string;
  readonly time: number;
  readonly record: JsonObject;
}

const recordAt = (time: number, count: number): JsonObject => ({
  EventDate: new Date(time).toISOString(),
  EventIdentifier: `event-${count}`,
  UserId: '0055j00000HouSEAA0',
  Username: 'loyalty@house.example',
  SourceIp: '203.0.113.90',
});

const trial: LiveTrial = {
  async start() {
    const crm = await startSalesforce({ pubSub: { keepAliveMs: 150 } });
    const bus = crm.pubSub!;
    const { clientId, clientSecret } = crm.apps[0]!;
    const puts = new Map<string, Put>();
    const lost: number[] = [];
    let count = 0;
    let isReordering = false;
    const faults: Readonly<Record<TrialFault, () => void | Promise<void>>> = {
      duplicates: () => bus.setFault('duplicates', true),
      reordering: () => {
        isReordering = true;
      },
      gap: () => void lost.push(...bus.forget().map((id) => puts.get(id)!.time)),
      throttled: () => bus.setFault('exhausted', true),
      broken: () => bus.setFault('unavailable', true),
      'expired-cursor': () => bus.expireReplayIds(),
      'half-open': () => bus.setFault('half-open', true),
      restart: () => bus.restart(),
    };
    return {
      settings: {
        instanceUrl: crm.url,
        endpoint: bus.endpoint,
        signIn: { grant: 'client_credentials', clientId, clientSecret: { env: 'CRM_SECRET' } },
        topics,
        silentAfterSeconds: 1,
      },
      environment: { CRM_SECRET: clientSecret },
      async put(times) {
        // A subscriber that has just left must have been seen to leave: what is sent to it would count as sent.
        await delay(30);
        const made = times.map((time) => {
          const topic = topics[count % topics.length]!;
          return { topic, time, record: recordAt(time, count++) };
        });
        for (const put of isReordering ? made.toReversed() : made) puts.set(bus.publish(put.topic, put.record), put);
      },
      files: () => [
        {
          name: 'real-time-events.ndjson',
          content: [...puts.values()]
            .map(({ topic, record }) => `${JSON.stringify({ topicName: topic, payload: record })}\n`)
            .join(''),
        },
      ],
      lost: () => lost,
      fault: async (kind) => faults[kind](),
      mend: async () => {
        isReordering = false;
        bus.clearFaults();
      },
      close: () => crm.close(),
    };
  },
};

liveSourceConforms({ live, source, trial });
