import { z } from 'zod';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Person } from '#model/staff.ts';
import { type Call, nothing, operation } from './operation.ts';
import { invitationView, permission, person, role, staffView, tokenView } from './schemas.ts';
import { longestDays } from './sign-in/api-tokens.ts';

const id = z.object({ id: z.string().max(100) });

const gone = (what: string): { readonly ok: false; readonly failure: Failure } => failure({ kind: 'gone', what });

async function activePerson(call: Call, personId: string): Promise<Result<Person>> {
  const found = await call.cordon.staff.person(personId);
  return found && found.disabledAt === undefined ? success(found) : gone('This member of staff');
}

export const listStaff = operation({
  summary: 'Everybody who may sign in, and who is invited',
  answer: staffView,
  async run({ cordon }) {
    const invitations = await cordon.staff.invitations();
    return success({
      people: await cordon.staff.people(),
      invitations: invitations.filter((each) => each.expiresAt > cordon.clock()),
    });
  },
});

export const invite = operation({
  summary: 'Makes a one-time link for a new member of staff, good for three days and shown once',
  body: z.strictObject({ email: z.email().max(254).toLowerCase(), role }),
  answer: invitationView,
  async run({ signIn, body, desk, browser }) {
    const invited = await signIn.invitations.forStaff(body.email, body.role);
    if (!invited.ok) return invited;
    const { invitation, secret } = invited.value;
    await desk.record('staff.invite', invitation.id, { email: body.email, role: body.role });
    return success({ ...invitation, link: `${browser.origin}/welcome/${secret}` });
  },
});

export const withdrawInvitation = operation({
  summary: 'Ends an invitation that was not used yet',
  params: id,
  answer: nothing,
  async run({ signIn, params, desk }) {
    if (!(await signIn.invitations.withdraw(params.id))) return gone('This invitation');
    await desk.record('staff.withdraw-invitation', params.id);
    return success({});
  },
});

/** Without an owner nobody could let anybody in again. */
async function isLastOwner(call: Call, concerned: Person): Promise<boolean> {
  const people = await call.cordon.staff.people();
  const owners = people.filter((each) => each.role === 'owner' && each.disabledAt === undefined);
  return concerned.role === 'owner' && owners.length === 1;
}

const lastOwner = failure({
  kind: 'refused' as const,
  by: 'Cordon',
  why: 'this is the last owner; name another first',
});

export const setRole = operation({
  summary: 'Changes what a member of staff may do; their sessions end, so that the change holds at once',
  params: id,
  body: z.strictObject({ role }),
  answer: person,
  async run(call) {
    const { cordon, params, body, desk } = call;
    const found = await activePerson(call, params.id);
    if (!found.ok) return found;
    if (body.role !== 'owner' && (await isLastOwner(call, found.value))) return lastOwner;
    await cordon.staff.setRole(params.id, body.role);
    await cordon.staff.endSessionsOf(params.id);
    await desk.record('staff.role', params.id, { from: found.value.role, to: body.role });
    return success({ ...found.value, role: body.role });
  },
});

export const disable = operation({
  summary: 'Ends an account: its sessions and tokens are good for nothing from now on',
  params: id,
  answer: person,
  async run(call) {
    const { cordon, params, desk } = call;
    const found = await activePerson(call, params.id);
    if (!found.ok) return found;
    if (await isLastOwner(call, found.value)) return lastOwner;
    const disabledAt = cordon.clock();
    await cordon.staff.disable(params.id, disabledAt);
    await cordon.staff.endSessionsOf(params.id);
    await desk.record('staff.disable', params.id);
    return success({ ...found.value, disabledAt });
  },
});

export const listTokens = operation({
  summary: "The asker's own API tokens",
  answer: z.array(tokenView),
  run: async ({ cordon, asker }) => {
    const tokens = await cordon.staff.tokens(asker.id);
    return success(
      tokens.map(({ lastUsedAt, ...rest }) => ({ ...rest, ...(lastUsedAt !== undefined && { lastUsedAt }) })),
    );
  },
});

export const makeToken = operation({
  summary: 'Makes an API token with a subset of your permissions; its secret is shown once',
  body: z.strictObject({
    name: z.string().trim().min(1).max(120),
    scopes: z.array(permission).min(1),
    days: z.int().min(1).max(longestDays),
  }),
  answer: tokenView.extend({ secret: z.string() }),
  async run(call) {
    const { signIn, asker, body, desk } = call;
    const owner = await activePerson(call, asker.id);
    if (!owner.ok) return owner;
    const made = await signIn.tokens.make(owner.value, body);
    if (made.ok) {
      const { id: token, name, scopes, expiresAt } = made.value;
      await desk.record('token.make', token, { name, scopes, expiresAt });
    }
    return made;
  },
});

export const endToken = operation({
  summary: 'Ends one of your API tokens',
  params: id,
  answer: nothing,
  async run({ cordon, asker, params, desk }) {
    if (!(await cordon.staff.endToken(params.id, asker.id))) return gone('This token');
    await desk.record('token.end', params.id);
    return success({});
  },
});
