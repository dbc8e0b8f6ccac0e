import { randomOf } from '#lib/random.ts';
import { kinds } from './integration-catalogue.ts';
import type { IntegrationKind, Job } from './integration-kinds.ts';
import type { Person } from './people.ts';
import { addressIn, brands } from './places.ts';
import { salesforceId } from './salesforce-id.ts';

interface App {
  /** The connected app's id, `0H4…`, 18 characters. */
  readonly id: string;
  readonly name: string;
}

/** One third party, or one tool of the house's own, that holds a token of the CRM. */
export interface Integration {
  readonly index: number;
  /** `chat`, `backup`, …: what it is for; brands and regions may each have one of a kind. */
  readonly kind: string;
  readonly app: App;
  readonly user: { readonly userId: string; readonly email: string };
  /** The cloud network it works from: always the same few addresses. */
  readonly addresses: readonly string[];
  readonly iso: string;
  readonly userAgent: string;
  /** `64.0` */
  readonly apiVersion: string;
  /** What SOAP clients call themselves. */
  readonly clientName: string;
  /** How long a session lasts before it signs in anew; minutes past midnight when the first of a day begins. */
  readonly sessionHours: number;
  readonly sessionOffsetMinutes: number;
  readonly jobs: readonly Job[];
}

const regions = ['EMEA', 'United Kingdom', 'Americas', 'Greater China', 'Japan and Pacific'] as const;

/** `administrator` is the member of staff who uses Data Loader; all others have integration users. */
export function createIntegrations(seed: number, administrator: Person): readonly Integration[] {
  const integrations: Integration[] = [];
  for (const kind of kinds) {
    const places = kind.per === 'brand' ? brands : kind.per === 'region' ? regions : [''];
    places.forEach((place, number) => {
      const integration = createIntegration(seed, integrations.length, kind, place, number);
      integrations.push(kind.kind === 'loader' ? inHandsOf(administrator, integration) : integration);
    });
  }
  return integrations;
}

function createIntegration(
  seed: number,
  index: number,
  kind: IntegrationKind,
  place: string,
  number: number,
): Integration {
  const random = randomOf(seed, 'integration', index);
  const mailbox = `${kind.kind}${number === 0 ? '' : number + 1}.integration`;
  return {
    index,
    kind: kind.kind,
    app: { id: salesforceId('0H4', 7_000 + index), name: place === '' ? kind.name : `${kind.name} ${place}` },
    user: { userId: salesforceId('005', 1_000 + index), email: `${mailbox}@maison-orfevre.example` },
    addresses: [0, 1].map(() => addressIn(kind.network.block, random.uint32())),
    iso: kind.network.iso,
    userAgent: kind.userAgent,
    apiVersion: kind.apiVersion,
    clientName: kind.clientName ?? '',
    sessionHours: kind.sessionHours,
    sessionOffsetMinutes: random.integer(0, 59),
    // Brands and regions of one kind do not all start in the same minute.
    jobs: kind.jobs.map((job) => ({ ...job, offsetMinutes: job.offsetMinutes + number * 2 })),
  };
}

function inHandsOf(person: Person, integration: Integration): Integration {
  const { userId, email, workAddress, iso } = person;
  return { ...integration, user: { userId, email }, addresses: [workAddress], iso };
}
