import { z } from 'zod';
import type { Asked, CompositePart, Refusal } from '../call.ts';
import { readJson } from './read-json.ts';
import { readTarget, type Target } from './read-target.ts';
import { isRefusal, refuseRequest } from './refuse.ts';
import { type DataCall, type Route, refusesParameters } from './route.ts';

/** Sub-requests of one composite or batch. REST API Developer Guide, "Composite", "Batch". */
const mostParts = 25;
const compositeBytes = 1024 * 1024;

const composite = z.strictObject({
  allOrNone: z.boolean().default(false),
  collateSubrequests: z.boolean().optional(),
  compositeRequest: z
    .array(
      z.strictObject({
        method: z.string(),
        url: z.string(),
        referenceId: z.string().regex(/^[A-Za-z0-9]\w{0,79}$/),
        body: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(mostParts),
});
const batch = z.strictObject({
  haltOnError: z.boolean().default(false),
  batchRequests: z
    .array(z.strictObject({ method: z.string(), url: z.string(), richInput: z.unknown().optional() }))
    .min(1)
    .max(mostParts),
});

interface WrittenPart {
  readonly method: string;
  readonly url: string;
  readonly reference: string | undefined;
  readonly body: unknown;
}

type RoutePart = (method: string, target: Target, version: string, readSoql: DataCall['readSoql']) => Route | Refusal;

/** What may stand in a composite: what answers JSON by the page, and no composite. */
const spoken: ReadonlySet<Asked['kind']> = new Set(['about', 'describe', 'query', 'query-more', 'retrieve']);

/** `POST /composite` and `POST /composite/batch`; `routePart` judges each part as a call of its own. */
export function compositeRoute(call: DataCall, routePart: RoutePart): Route | Refusal | undefined {
  const [, form] = call.segments;
  if (call.method !== 'POST' || call.segments.length > 2) return undefined;
  if (form !== undefined && form !== 'batch') return undefined;
  const refusal = refusesParameters(call.parameters, []);
  if (refusal !== undefined) return refusal;
  const readPart = (part: WrittenPart): CompositePart | Refusal => readWrittenPart(part, call, routePart);
  return { bodyBytes: compositeBytes, read: (body) => (form === 'batch' ? readBatch : readComposite)(body, readPart) };
}

type ReadPart = (part: WrittenPart) => CompositePart | Refusal;

function readComposite(body: Uint8Array | undefined, readPart: ReadPart): Asked | Refusal {
  const read = readJson(body, composite);
  if (isRefusal(read)) return read;
  const { allOrNone, compositeRequest } = read.value;
  const references = new Set(compositeRequest.map(({ referenceId }) => referenceId));
  if (references.size < compositeRequest.length)
    return refuseRequest('duplicate-reference', 'a referenceId stands there twice');
  const written = compositeRequest.map(({ referenceId, ...part }) => ({
    body: undefined,
    ...part,
    reference: referenceId,
  }));
  return collectParts('composite', allOrNone, written, readPart);
}

function readBatch(body: Uint8Array | undefined, readPart: ReadPart): Asked | Refusal {
  const read = readJson(body, batch);
  if (isRefusal(read)) return read;
  const written = read.value.batchRequests.map(({ method, url, richInput }) => ({
    method,
    url: /^v\d/.test(url) ? `/services/data/${url}` : url,
    reference: undefined,
    body: richInput,
  }));
  return collectParts('batch', read.value.haltOnError, written, readPart);
}

function collectParts(
  form: 'composite' | 'batch',
  isAllOrNone: boolean,
  written: readonly WrittenPart[],
  readPart: ReadPart,
): Asked | Refusal {
  const parts: CompositePart[] = [];
  for (const each of written) {
    const part = readPart(each);
    if (isRefusal(part)) return part;
    parts.push(part);
  }
  return { kind: 'composite', form, isAllOrNone, parts };
}

function readWrittenPart(
  part: WrittenPart,
  { version, readSoql }: DataCall,
  routePart: RoutePart,
): CompositePart | Refusal {
  const body = part.body === undefined ? undefined : JSON.stringify(part.body);
  if (`${part.url}${body ?? ''}`.includes('@{'))
    return refuseRequest(
      'composite-reference',
      'a part may not refer to another part by @{…}; nobody can judge it yet',
    );
  const target = readTarget(part.url);
  if (isRefusal(target)) return target;
  if (!target.path.startsWith(`/services/data/v${version}/`))
    return refuseRequest('composite-version', `every part is called below /services/data/v${version}/ as the whole is`);
  const route = routePart(part.method, target, version, readSoql);
  if (isRefusal(route)) return route;
  if (route.bodyBytes === 0 && body !== undefined)
    return refuseRequest('unknown-body', `a part that says ${part.method.slice(0, 20)} here has no body`);
  const asked = route.read(body === undefined ? undefined : new TextEncoder().encode(body));
  if (isRefusal(asked)) return asked;
  if (asked.kind === 'unread') return asked.refusal;
  const isSpoken = spoken.has(asked.kind) && !(asked.kind === 'query' && asked.columnsOnly);
  if (!isSpoken)
    return refuseRequest('composite-part', `a part may not be of the kind ${asked.kind}; call it by itself`);
  return { reference: part.reference, asked };
}
