/** Every route of the API, with what one must be permitted to call it. */
import type { Permission } from '#model/staff.ts';
import { listAuditLog, verifyAuditLog } from './audit-log.ts';
import { getEvent, searchEvents } from './events.ts';
import {
  approveProposal,
  customerExposure,
  exposedCustomers,
  exposure,
  gateway,
  learn,
  policy,
  proposePolicy,
  reach,
  rejectProposal,
  resumeIntegration,
  river,
  suspendIntegration,
} from './gateway.ts';
import { addNote, changeIncident, getIncident, liftRestriction, listIncidents, restrictIncident } from './incidents.ts';
import { live } from './live.ts';
import { getDemo, inventory, inventoryReport, now, search, steerDemo } from './now.ts';
import type { Operation } from './operation.ts';
import { listRules, switchRule } from './rules.ts';
import { returnPath } from './sign-in/oidc.ts';
import {
  beginOidc,
  finishOidc,
  passkeyOptions,
  session,
  signInByPasskey,
  signInByPassword,
  signOut,
  welcome,
  welcomePasskey,
  welcomePasskeyOptions,
  welcomePassword,
  welcomePasswordOptions,
} from './sign-in/operations.ts';
import { listSources } from './sources.ts';
import { disable, endToken, invite, listStaff, listTokens, makeToken, setRole, withdrawInvitation } from './staff.ts';

/** Besides permissions: `anyone` needs no sign-in, `staff` any sign-in. */
export type Admission = Permission | 'anyone' | 'staff';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly admits: Admission;
  /** Not by API token: who found one could otherwise make itself a successor that outlives it. */
  readonly inPerson: boolean;
  readonly operation: Operation;
}

const by =
  (method: Route['method'], inPerson = false) =>
  (path: string, admits: Admission, operation: Operation): Route => ({ method, path, admits, inPerson, operation });
const [get, post, put, remove] = [by('GET'), by('POST'), by('PUT'), by('DELETE')];
const inPerson = { post: by('POST', true), put: by('PUT', true), remove: by('DELETE', true) };

export const routes: readonly Route[] = [
  get('/api/session', 'anyone', session),
  remove('/api/session', 'staff', signOut),
  post('/api/sign-in/passkey/options', 'anyone', passkeyOptions),
  post('/api/sign-in/passkey', 'anyone', signInByPasskey),
  post('/api/sign-in/password', 'anyone', signInByPassword),
  get('/api/sign-in/oidc', 'anyone', beginOidc),
  get(returnPath, 'anyone', finishOidc),
  get('/api/welcome/:token', 'anyone', welcome),
  post('/api/welcome/:token/passkey/options', 'anyone', welcomePasskeyOptions),
  post('/api/welcome/:token/passkey', 'anyone', welcomePasskey),
  post('/api/welcome/:token/password/options', 'anyone', welcomePasswordOptions),
  post('/api/welcome/:token/password', 'anyone', welcomePassword),

  get('/api/now', 'read', now),
  get('/api/live', 'read', live),
  get('/api/sources', 'read', listSources),
  get('/api/search', 'read', search),
  get('/api/incidents', 'read', listIncidents),
  get('/api/incidents/:id', 'read', getIncident),
  post('/api/incidents/:id/changes', 'investigate', changeIncident),
  post('/api/incidents/:id/notes', 'investigate', addNote),
  put('/api/incidents/:id/restriction', 'administer', restrictIncident),
  remove('/api/incidents/:id/restriction', 'administer', liftRestriction),
  get('/api/events', 'read', searchEvents),
  get('/api/events/:key', 'read', getEvent),
  get('/api/rules', 'read', listRules),
  put('/api/rules/:name', 'investigate', switchRule),
  get('/api/inventory', 'read', inventory),
  get('/api/inventory/report', 'read', inventoryReport),
  get('/api/gateway', 'read', gateway),
  get('/api/gateway/river', 'read', river),
  get('/api/gateway/reach/:integration', 'read', reach),
  get('/api/gateway/policies/:integration', 'read', policy),
  get('/api/gateway/learn/:integration', 'contain', learn),
  inPerson.post('/api/gateway/policies/:integration', 'contain', proposePolicy),
  inPerson.post('/api/gateway/proposals/:id/approve', 'contain', approveProposal),
  inPerson.post('/api/gateway/proposals/:id/reject', 'contain', rejectProposal),
  post('/api/gateway/integrations/:integration/suspend', 'contain', suspendIntegration),
  inPerson.post('/api/gateway/integrations/:integration/resume', 'contain', resumeIntegration),
  post('/api/exposure', 'read', exposure),
  post('/api/exposure/customers', 'privacy', exposedCustomers),
  post('/api/exposure/customer', 'privacy', customerExposure),
  get('/api/demo', 'read', getDemo),
  put('/api/demo', 'investigate', steerDemo),

  get('/api/audit-log', 'audit', listAuditLog),
  get('/api/audit-log/verification', 'audit', verifyAuditLog),
  get('/api/tokens', 'staff', listTokens),
  inPerson.post('/api/tokens', 'staff', makeToken),
  remove('/api/tokens/:id', 'staff', endToken),
  get('/api/staff', 'administer', listStaff),
  inPerson.post('/api/staff/invitations', 'administer', invite),
  inPerson.remove('/api/staff/invitations/:id', 'administer', withdrawInvitation),
  inPerson.put('/api/staff/:id/role', 'administer', setRole),
  inPerson.post('/api/staff/:id/disable', 'administer', disable),
];
