import { answerBulk } from '../bulk/answer-bulk.ts';
import { answerLogFile } from '../logs/answer-log-file.ts';
import type { Session } from '../oauth/sessions.ts';
import { answerIntrospect, answerRevoke, answerToken } from '../oauth/token-endpoint.ts';
import { noSession, notFound, problem } from '../query/problem.ts';
import {
  answerIdentity,
  answerLimits,
  answerResources,
  answerUserInfo,
  answerVersions,
  badToken,
  versionOf,
} from '../rest/about.ts';
import { type Asker, answerQuery, answerQueryMore } from '../rest/answer-query.ts';
import { answerCollection, answerSobjects } from '../rest/answer-rows.ts';
import { answerBatch, answerComposite } from '../rest/composite.ts';
import { type Answer, answerProblem, type Call } from './answer.ts';
import { isAllowedFrom, type Organization } from './organization.ts';

/** The answer to one call, whatever it is. */
export async function route(organization: Organization, call: Call): Promise<Answer> {
  const path = segmentsOf(call.path);
  if (path === undefined) return answerProblem(notFound());
  const [first, second, third] = path;
  if (first === 'services' && second === 'oauth2') return answerOauth(organization, call, third ?? '');
  if (first === 'id') {
    const session = sessionOf(organization, call);
    return session === undefined ? badToken() : answerIdentity(organization, call, session, path.slice(1));
  }
  if (first !== 'services' || second !== 'data') return answerProblem(notFound());
  return answerData(organization, call, path.slice(2));
}

function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function answerOauth(organization: Organization, call: Call, name: string): Answer {
  const isPost = call.method === 'POST';
  if (name === 'token' && isPost) return answerToken(organization, call);
  if (name === 'introspect' && isPost) return answerIntrospect(organization, call);
  if (name === 'revoke') return answerRevoke(organization, call);
  if (name !== 'userinfo') return answerProblem(notFound());
  const session = sessionOf(organization, call);
  return session === undefined ? badToken() : answerUserInfo(organization, session);
}

/** The session whose token the call bears, as a header or, for identity alone, in its query or form. */
export function sessionOf(organization: Organization, call: Call): Session | undefined {
  const bearer = /^(?:Bearer|OAuth) (\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  const token = bearer ?? call.query.get('oauth_token') ?? call.query.get('access_token');
  const session = token === null ? undefined : organization.sessions.find(token);
  return session !== undefined && isAllowedFrom(organization, session.app, call.address) ? session : undefined;
}

async function answerData(organization: Organization, call: Call, path: readonly string[]): Promise<Answer> {
  const [segment, name = '', ...below] = path;
  if (segment === undefined) return answerVersions();
  const version = versionOf(segment);
  if (version === undefined) return answerProblem(notFound());
  const session = sessionOf(organization, call);
  if (session === undefined) return answerProblem(noSession());
  organization.apiCalls++;
  const { dailyApiRequests } = organization.behaviour;
  if (organization.apiCalls > dailyApiRequests) {
    return answerProblem(problem('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403));
  }
  const asker = { userId: session.userId, version };
  const answer = await answerResource(organization, call, asker, name, below);
  const usage = { 'sforce-limit-info': `api-usage=${organization.apiCalls}/${dailyApiRequests}` };
  return { ...answer, headers: { ...answer.headers, ...usage } };
}

async function answerResource(
  organization: Organization,
  call: Call,
  asker: Asker,
  name: string,
  below: readonly string[],
): Promise<Answer> {
  const [next] = below;
  const isGet = call.method === 'GET';
  switch (name) {
    case '':
      return answerResources(organization, asker.version, asker.userId);
    case 'limits':
      return answerLimits(organization);
    case 'query':
    case 'queryAll':
      if (!isGet) return answerProblem(notFound());
      return next === undefined
        ? answerQuery(organization, call, asker)
        : answerQueryMore(organization, call, asker, next);
    case 'sobjects':
      if (isGet && isLogFile(organization, below)) return answerLogFile(organization, below[1]!);
      return answerSobjects(organization, call, asker, below);
    case 'composite':
      return answerCompositeResource(organization, call, asker, below);
    case 'jobs':
      return next === 'query' ? answerBulk(organization, call, asker, below.slice(1)) : answerProblem(notFound());
    case 'search':
      return answerProblem(problem('OPERATION_NOT_ALLOWED', 'Search is not indexed in this organization', 403));
    default:
      return answerProblem(notFound());
  }
}

const isLogFile = ({ behaviour }: Organization, [object, id, field, ...more]: readonly string[]): boolean =>
  object === 'EventLogFile' && id !== undefined && field === 'LogFile' && more.length === 0 && behaviour.eventLogFiles;

async function answerCompositeResource(
  organization: Organization,
  call: Call,
  asker: Asker,
  below: readonly string[],
): Promise<Answer> {
  const [kind, object, ...more] = below;
  const again = (part: Call): Promise<Answer> => route(organization, part);
  if (kind === 'sobjects' && object !== undefined && more.length === 0) {
    return answerCollection(organization, call, asker, object);
  }
  if (call.method !== 'POST') return answerProblem(notFound());
  if (kind === undefined) return answerComposite(call, again);
  return kind === 'batch' ? answerBatch(call, again) : answerProblem(notFound());
}
