import type { LiveStream, Surroundings } from '#model/live-source.ts';
import type { SalesforceApi } from '../ask-salesforce.ts';
import { followRows } from '../follow-rows.ts';
import { tellsNoRows } from './kinds.ts';

const hourMs = 3_600_000;
/** "Up to six months" of stored events, as the product's help has it. */
const keptMs = 180 * 24 * hourMs;

export interface StoredEventSettings {
  /** `ApiEvent`, `BulkApiResultEventStore`, … */
  readonly objects: readonly string[];
  readonly instanceUrl: string;
  readonly pollSeconds: number;
  /** How late an event may be stored and still be read. */
  readonly overlapSeconds: number;
}

/**
 * The stored events, one stream for each object: slower than the live ones, and whole where those were interrupted. The
 * same event comes by both ways under one EventIdentifier, so its key is the same. Salesforce, Platform Events Developer
 * Guide, Real-Time Event Monitoring Objects.
 */
export function storedEventStreams(
  settings: StoredEventSettings,
  api: SalesforceApi,
  surroundings: Surroundings,
): readonly LiveStream[] {
  const overlapMs = settings.overlapSeconds * 1000;
  return settings.objects.map((object) =>
    followRows(
      {
        object,
        timeField: 'EventDate',
        needs: '"View Real-Time Event Monitoring Data" and "API Enabled", and storage switched on in Event Manager',
        order: 'DESC',
        stepMs: Math.max(hourMs, overlapMs),
        overlapMs,
        keptMs,
        pollMs: settings.pollSeconds * 1000,
        // `Records` alone may have 250,000 characters.
        pageRecords: 200,
        tellsNoRows: tellsNoRows(object),
      },
      api,
      `salesforce-real-time-event: ${settings.instanceUrl}`,
      surroundings,
    ),
  );
}
