import { z } from 'zod';
import { salesforceInstanceUrl, salesforceSignIn } from '../salesforce-sign-in.ts';

/** The streamed events of Real-Time Event Monitoring that tell of reads, accounts and suspicion. */
const usualTopics = [
  'ApiEventStream',
  'BulkApiResultEvent',
  'ReportEventStream',
  'ListViewEventStream',
  'LoginEventStream',
  'LogoutEventStream',
  'LoginAsEventStream',
  'UriEventStream',
  'LightningUriEventStream',
  'FileEvent',
  'PermissionSetEvent',
  'ApiAnomalyEvent',
  'ReportAnomalyEvent',
  'LoginAnomalyEvent',
  'UniversalAnomalyEvent',
  'SessionHijackingEvent',
  'CredentialStuffingEvent',
  'GuestUserAnomalyEvent',
].map((event) => `/event/${event}`);

/** Where those of them are kept that tell of reads and sign-ins. */
const storedObjects = [
  'ApiEvent',
  'BulkApiResultEventStore',
  'ReportEvent',
  'ListViewEvent',
  'LoginEvent',
  'LoginAsEvent',
];

export const pubSubSettings = z.strictObject({
  instanceUrl: salesforceInstanceUrl,
  signIn: salesforceSignIn,
  endpoint: z
    .string()
    .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, 'host:port')
    .default('api.pubsub.salesforce.com:7443')
    .describe('Where the Pub/Sub API answers; TLS, but plain at 127.0.0.1'),
  tenantId: z
    .string()
    .regex(/^00D[A-Za-z0-9]{15}$/, 'the 18 characters of an org id')
    .optional()
    .describe("The org's id; the sign-in names it where it is absent"),
  topics: z
    .array(z.string().regex(/^\/event\/\w{1,80}$/, 'a topic like /event/ApiEventStream'))
    .min(1)
    .refine((topics) => new Set(topics).size === topics.length, 'each topic once')
    .default(usualTopics)
    .describe('Each is followed for itself; those that the org does not stream fail alone'),
  silentAfterSeconds: z
    .number()
    .positive()
    .default(300)
    .describe('A connection without a sign of life for so long is dead; the vendor gives one within 270 s'),
  stored: z
    .strictObject({
      objects: z
        .array(z.string().regex(/^[A-Z]\w{1,78}$/, 'the name of an object like ApiEvent'))
        .min(1)
        .refine((objects) => new Set(objects).size === objects.length, 'each object once')
        .default(storedObjects),
      pollSeconds: z.number().positive().default(900),
      silenceSeconds: z.number().positive().default(60),
      overlapSeconds: z.number().nonnegative().default(900),
    })
    .optional()
    .describe(
      'Reads the stored copies of the events over REST as well: what an outage of the bus left out, they fill in',
    ),
});

export type PubSubSettings = z.infer<typeof pubSubSettings>;
