import { toLongId } from '#lib/salesforce-id.ts';
import type { Asked, Refusal } from '../call.ts';
import { type Draft, noRecords, type Planning } from './draft.ts';
import { judgeObject, judgeOperations } from './judge-query.ts';
import { planComposite } from './plan-composite.ts';
import { planJob, planJobCreation, planJobList, planResults } from './plan-job.ts';
import { planQuery, planQueryMore } from './plan-query.ts';
import { planRetrieve } from './plan-retrieve.ts';
import { refuseAccess } from './refuse.ts';

/** What goes to the CRM for a call, and what the policy has against it; a refusal is final, even in a dry run. */
export function planCall(asked: Asked, planning: Planning): Draft | Refusal {
  switch (asked.kind) {
    case 'about':
      return planAbout(aboutTargets(planning.root)[asked.what]);
    case 'identity':
      return planIdentity(asked, planning);
    case 'describe':
      return planDescribe(asked.object, planning);
    case 'query':
      return planQuery(asked, planning);
    case 'query-more':
      return planQueryMore(asked, planning);
    case 'retrieve':
      return planRetrieve(asked, planning);
    case 'bulk-create':
      return planJobCreation(asked, planning);
    case 'bulk-list':
      return planJobList(asked, planning);
    case 'bulk-results':
      return planResults(asked, planning);
    case 'composite':
      return planComposite(asked, planning, planCall);
    case 'unread':
      return planUnread(asked, planning);
    default:
      return planJob(asked, planning);
  }
}

const planAbout = (target: string): Draft => ({
  method: 'GET',
  target,
  expectation: noRecords.little,
  objections: [],
});

/** The CRM shows other users too, names and addresses of people, to whom it trusts enough. */
function planIdentity(asked: Extract<Asked, { kind: 'identity' }>, { user }: Planning): Draft | Refusal {
  const isOwn =
    user !== undefined &&
    toLongId(asked.organization) === toLongId(user.organization) &&
    toLongId(asked.user) === toLongId(user.user);
  return isOwn
    ? planAbout(`/id/${asked.organization}/${asked.user}`)
    : refuseAccess(
        'other-identity',
        'an integration may ask for its own identity alone, at the id of its token answer',
      );
}

const aboutTargets = (root: string) => ({
  versions: '/services/data',
  resources: root,
  limits: `${root}/limits`,
  userinfo: '/services/oauth2/userinfo',
});

const planDescribe = (object: string | undefined, { policy, root }: Planning): Draft => ({
  method: 'GET',
  target: `${root}/sobjects${object === undefined ? '' : `/${object}/describe`}`,
  expectation: noRecords.describe,
  objections: [...judgeOperations(['describe'], policy), ...(object === undefined ? [] : judgeObject(object, policy))],
});

/** Opened by the policy or not at all: a dry run does not open what nobody can count. */
function planUnread(asked: Extract<Asked, { kind: 'unread' }>, { policy }: Planning): Draft | Refusal {
  const open = policy.openPaths.find(({ path }) => `${asked.path}/`.startsWith(`${path}/`));
  if (open === undefined) return asked.refusal;
  return {
    method: 'GET',
    target: asked.target,
    accept: '*/*',
    expectation: { kind: 'uncounted', why: open.why },
    objections: [],
  };
}
