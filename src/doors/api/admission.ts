import type { FastifyRequest } from 'fastify';
import { failure, type Result, success } from '#model/result.ts';
import { type Asker, permissions } from '#model/staff.ts';
import type { ApiFailure } from './api-failure.ts';
import type { Admission, Route } from './routes.ts';
import { type Entry, isRightCsrf, type SignIn } from './sign-in/sign-in.ts';

/** Whoever reaches the socket in the data directory may read that directory anyway. */
export const localOperator: Asker = {
  id: 'local-operator',
  name: 'Operator of this machine',
  email: undefined,
  permissions: new Set(permissions),
};

const nobody: Asker = { id: '-', name: 'Nobody', email: undefined, permissions: new Set() };

const refused = (why: string) => failure({ kind: 'refused' as const, by: 'Cordon', why });

/** Decides whether a request is let in, and as whom. `origin` is our own, as this browser sees it. */
export async function admit(
  signIn: SignIn,
  { admits, inPerson }: Pick<Route, 'admits' | 'inPerson'>,
  request: FastifyRequest,
  origin: string,
  session: string | undefined,
  looked?: 'looked',
): Promise<Result<Asker, ApiFailure>> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && bearer === undefined && !isOwnPage(request, origin)) {
    return refused('this request did not come from a page of this Cordon');
  }
  if (admits === 'anyone') return success(nobody);
  const entry = await signIn.enter(bearer, session, looked);
  if (!entry) return failure({ kind: 'not-signed-in', why: 'Sign in first.' });
  if (changes && !isRightCsrf(entry, headerOf(request, 'x-csrf'))) {
    return refused('the header x-csrf is not that of your session; reload the page');
  }
  if (inPerson && entry.session === undefined) return refused('an API token may not do this; sign in at the console');
  return isPermitted(entry, admits) ? success(entry.asker) : refused('your role does not allow this');
}

const isPermitted = ({ asker }: Entry, admits: Exclude<Admission, 'anyone'>): boolean =>
  admits === 'staff' || asker.permissions.has(admits);

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/**
 * Cross-site request forgery: browsers say where a request comes from (Sec-Fetch-Site, Fetch Metadata; Origin, RFC 6454),
 * and other programs, which say neither, hold no cookies.
 */
function isOwnPage(request: FastifyRequest, own: string): boolean {
  const site = headerOf(request, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return true;
  return origin === own;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request is meant for us. A page elsewhere can point its own name at this machine (DNS rebinding) and would
 * then be of our origin; so while only this machine is served, or a public address is configured, only those names count.
 */
export function isOwnHost(host: string, publicUrl: string | undefined, listensOn: string): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (loopbackNames.has(name)) return true;
  if (publicUrl !== undefined) return name === new URL(publicUrl).hostname;
  return !loopbackNames.has(listensOn) && listensOn !== '::1';
}
