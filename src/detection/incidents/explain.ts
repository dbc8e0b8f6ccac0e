import { bytesInWords, durationInWords, inWords, listInWords, momentInWords } from '#lib/words.ts';
import type { Event, SlotName } from '#model/event.ts';
import type { Grant } from '#model/finding.ts';

const shownValues = 6;

/** The grant in words: `Drift Chat of chat@maison.example`, `jane@maison.example`; who acts as itself is named once. */
export function nameGrant(grant: Grant): string {
  if (grant.address !== undefined) return `the machine at ${grant.address}`;
  const user = grant.userName ?? grant.userUid ?? 'an unknown user';
  const app = grant.appName ?? grant.appUid;
  return app === undefined || app === user ? user : `${app} of ${user}`;
}

/** The same in few words, for sentences that stand beside the full name. */
const shortName = (grant: Grant): string =>
  grant.address === undefined
    ? (grant.appName ?? grant.appUid ?? grant.userName ?? grant.userUid ?? 'an unknown user')
    : nameGrant(grant);

/** Whom a finding is about. */
export interface Concerned {
  readonly grant: Grant;
  readonly others: readonly Grant[];
}

/** What is said of a slot that no event states. */
const unstated: Partial<Record<SlotName, string>> = {
  'resources.type': 'objects that the log does not name',
  'dst_endpoint.hostname': 'a host of which only the address is known',
  'src_endpoint.ip': 'an address that the log does not give',
  'http_request.user_agent': 'an unnamed program',
};

/** A rule's explanation with its `{…}` filled from the events that made it true. */
export function explain(template: string, events: readonly Event[], grants: Concerned): string {
  return template
    .replace(/\{([\w.-]+)\}/g, (_, name: string) => fill(name, events, grants))
    .replace(/\s+/g, ' ')
    .trim();
}

function fill(name: string, events: readonly Event[], { grant, others }: Concerned): string {
  const first = Math.min(...events.map((event) => event.time));
  const last = Math.max(...events.map((event) => event.time));
  switch (name) {
    case 'grant':
      return shortName(grant);
    case 'grants':
      return listInWords([grant, ...others].map(nameGrant));
    case 'app':
      return grant.appName ?? grant.appUid ?? 'an unnamed app';
    case 'user':
      return grant.userName ?? grant.userUid ?? 'an unknown user';
    case 'count':
      return inWords(events.length);
    case 'first':
      return `${momentInWords(first)} UTC`;
    case 'last':
      return `${momentInWords(last)} UTC`;
    case 'span':
      return durationInWords(last - first);
    case 'rows':
      return inWords(events.reduce((sum, { slots }) => sum + (slots['unmapped.rows'] ?? 0), 0));
    default:
      return listValues(events, name as SlotName);
  }
}

/** The distinct values of a slot in order of appearance: `a, b, c and 4 more`. */
function listValues(events: readonly Event[], name: SlotName): string {
  const values = new Set<string>();
  for (const { slots } of events) {
    const value = slots[name];
    if (value === undefined) continue;
    if (typeof value === 'number') values.add(/bytes(?!_ratio)/.test(name) ? bytesInWords(value) : inWords(value));
    else if (typeof value === 'object') for (const each of value) values.add(each);
    else values.add(String(value));
  }
  if (values.size === 0) return unstated[name] ?? 'not stated';
  const shown = [...values].slice(0, shownValues).join(', ');
  return values.size > shownValues ? `${shown} and ${values.size - shownValues} more` : shown;
}
