import { problem } from '../query/problem.ts';
import { type Answer, answerProblem, type Call, json, jsonType } from '../server/answer.ts';
import { parseObject } from './answer-rows.ts';

const mostParts = 25;

type Route = (call: Call) => Promise<Answer>;

interface Part {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly reference: string;
}

/** `POST /services/data/vXX.X/composite`: parts one after another; a part may use what an earlier one answered. */
export async function answerComposite(call: Call, route: Route): Promise<Answer> {
  const parts = readParts(call, 'compositeRequest');
  if (parts === undefined) return refuseParts();
  const bodies = new Map<string, unknown>();
  const results: unknown[] = [];
  let records = 0;
  for (const part of parts) {
    const answer = await route(partCall(call, part.method, filled(part.url, bodies), filled(part.body, bodies)));
    const body = await readBody(answer);
    bodies.set(part.reference, body);
    records += answer.records ?? 0;
    results.push({ body, httpHeaders: {}, httpStatusCode: answer.status, referenceId: part.reference });
  }
  return json({ compositeResponse: results }, 200, records);
}

/** `POST /services/data/vXX.X/composite/batch`: parts that know nothing of each other. */
export async function answerBatch(call: Call, route: Route): Promise<Answer> {
  const parts = readParts(call, 'batchRequests');
  if (parts === undefined) return refuseParts();
  const results: { readonly statusCode: number; readonly result: unknown }[] = [];
  let records = 0;
  for (const { method, url, body } of parts) {
    const path = url.startsWith('/') ? url : `/services/data/${url}`;
    const answer = await route(partCall(call, method, path, body));
    records += answer.records ?? 0;
    results.push({ statusCode: answer.status, result: await readBody(answer) });
  }
  return json({ hasErrors: results.some(({ statusCode }) => statusCode >= 400), results }, 200, records);
}

const refuseParts = (): Answer =>
  answerProblem(problem('JSON_PARSER_ERROR', `The request needs a list of at most ${mostParts} sub-requests`));

function readParts(call: Call, name: string): readonly Part[] | undefined {
  const list = parseObject(call.body)?.[name];
  if (!Array.isArray(list) || list.length === 0 || list.length > mostParts) return undefined;
  const parts = list.map((part: unknown): Part => {
    const { method, url, referenceId, body, richInput }: Record<string, unknown> = Object(part);
    return {
      method: String(method ?? '').toUpperCase(),
      url: String(url ?? ''),
      body: JSON.stringify(body ?? richInput ?? ''),
      reference: String(referenceId ?? ''),
    };
  });
  return parts.every(
    ({ method, url }) => method !== '' && url !== '' && !/\/composite(?:\/(?:batch|graph))?$/.test(url),
  )
    ? parts
    : undefined;
}

function partCall(call: Call, method: string, url: string, body: string): Call {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  return { ...call, method, path, query: new URLSearchParams(query), body };
}

/** `@{contact.records[0].Id}` becomes what the earlier part of that name answered there. */
function filled(text: string, bodies: ReadonlyMap<string, unknown>): string {
  return text.replace(/@\{(\w+)\.([\w.[\]]+)\}/g, (whole, reference: string, path: string) => {
    let value: unknown = bodies.get(reference);
    for (const step of path.split(/[.[\]]+/).filter(Boolean)) value = Object(value)[step];
    return value === undefined ? whole : String(value);
  });
}

async function readBody(answer: Answer): Promise<unknown> {
  const { body } = answer;
  if (body === undefined || body === '') return null;
  let text = '';
  if (typeof body === 'string') text = body;
  else for await (const piece of body) text += piece;
  return answer.headers['content-type'] === jsonType['content-type'] ? JSON.parse(text) : text;
}
