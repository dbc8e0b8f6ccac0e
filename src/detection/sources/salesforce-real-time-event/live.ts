import type { LiveSource, LiveStream } from '#model/live-source.ts';
import { openSalesforce } from '../ask-salesforce.ts';
import { signInToSalesforce } from '../salesforce-sign-in.ts';
import { tellsNoRows } from './kinds.ts';
import { type PubSubSettings, pubSubSettings } from './pub-sub-settings.ts';
import { storedEventStreams } from './stored-events.ts';

/** Real-time events from the CRM's event bus (Pub/Sub API), seconds after they happened. */
export const live: LiveSource<PubSubSettings> = {
  name: 'salesforce-real-time-event',
  settings: pubSubSettings,
  streams: (chosen, surroundings) => {
    const signIn = signInToSalesforce(chosen, surroundings);
    const topics = chosen.topics.map(
      (topic): LiveStream => ({
        name: topic.slice('/event/'.length),
        tellsNoRows: tellsNoRows(topic.slice('/event/'.length)),
        // gRPC and Avro are loaded where an event bus is followed, and nowhere else.
        async *read(cursor, since) {
          const { followTopic } = await import('./follow-topic.ts');
          yield* followTopic({ topic, settings: chosen, signIn, surroundings }, cursor, since);
        },
      }),
    );
    if (chosen.stored === undefined) return topics;
    const { instanceUrl, stored } = chosen;
    const api = openSalesforce({ instanceUrl, signIn, silenceMs: stored.silenceSeconds * 1000 }, surroundings);
    return [...topics, ...storedEventStreams({ ...stored, instanceUrl }, api, surroundings)];
  },
};
