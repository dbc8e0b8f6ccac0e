import type { LiveSource } from '#model/live-source.ts';
import { signInToSalesforce } from '../salesforce-sign-in.ts';
import { type PubSubSettings, pubSubSettings } from './pub-sub-settings.ts';

/** Real-time events from the CRM's event bus (Pub/Sub API), seconds after they happened. */
export const live: LiveSource<PubSubSettings> = {
  name: 'salesforce-real-time-event',
  settings: pubSubSettings,
  streams: (chosen, surroundings) => {
    const signIn = signInToSalesforce(chosen, surroundings);
    return chosen.topics.map((topic) => ({
      name: topic.slice('/event/'.length),
      // gRPC and Avro are loaded where an event bus is followed, and nowhere else.
      async *read(cursor, since) {
        const { followTopic } = await import('./follow-topic.ts');
        yield* followTopic({ topic, settings: chosen, signIn, surroundings }, cursor, since);
      },
    }));
  },
};
