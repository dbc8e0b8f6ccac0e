import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Person, type Role, roles } from '#model/staff.ts';
import type { InvitationView, StaffView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { Modal } from '../parts/modal.tsx';
import { Section } from '../parts/page.tsx';
import { Answer, Trouble } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { staffQuery } from '../server/queries.ts';
import { useAct, useSession } from '../server/session.ts';

const roleNames = Object.keys(roles) as readonly Role[];

export function StaffPage() {
  const query = useQuery(staffQuery);
  return (
    <Answer of={query}>
      {(staff) => (
        <>
          <People people={staff.people} />
          <Invitations invitations={staff.invitations} />
        </>
      )}
    </Answer>
  );
}

function People({ people }: Pick<StaffView, 'people'>) {
  const { person: self } = useSession();
  const [leaving, setLeaving] = useState<Person | undefined>();
  const setRole = useAct(
    ({ id, role }: { readonly id: string; readonly role: Role }, send) =>
      send<Person>('PUT', `/api/staff/${encodeURIComponent(id)}/role`, { role }),
    ['staff'],
  );
  const disable = useAct(
    (id: string, send) => send<Person>('POST', `/api/staff/${encodeURIComponent(id)}/disable`),
    ['staff'],
  );
  return (
    <>
      <ul className="border-t border-line">
        {people.map((person) => (
          <li key={person.id} className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-2.5">
            <div className="min-w-0">
              <p className="font-medium break-words">
                {person.name}
                {person.id === self?.id && <span className="font-normal text-ink-2"> (you)</span>}
              </p>
              <p className="text-sm break-all text-ink-2">{person.email}</p>
            </div>
            {person.disabledAt === undefined ? (
              <div className="flex gap-2">
                <Choice
                  name={`Role of ${person.name}`}
                  hideName
                  className="w-32"
                  value={person.role}
                  disabled={person.id === self?.id || setRole.isPending}
                  onChange={(event) => setRole.mutate({ id: person.id, role: event.target.value as Role })}
                >
                  {roleNames.map((role) => (
                    <option key={role}>{role}</option>
                  ))}
                </Choice>
                <Button disabled={person.id === self?.id} onClick={() => setLeaving(person)}>
                  Shut out
                </Button>
              </div>
            ) : (
              <p className="text-sm text-ink-2">
                shut out <Time at={person.disabledAt} by="wall" />
              </p>
            )}
          </li>
        ))}
      </ul>
      {setRole.error !== null && <Trouble error={setRole.error} />}
      <Modal
        title={`Shut out ${leaving?.name ?? ''}`}
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
      >
        <p className="text-ink-2">
          Their sessions end at once and their passkeys and tokens open nothing any more. What they did stays in the
          audit log. To let them in again, invite them anew.
        </p>
        {disable.error !== null && <Trouble error={disable.error} />}
        <div className="mt-5 flex justify-end gap-2">
          <Button look="quiet" onClick={() => setLeaving(undefined)}>
            Cancel
          </Button>
          <Button
            look="grave"
            disabled={disable.isPending}
            onClick={() =>
              leaving !== undefined && disable.mutate(leaving.id, { onSuccess: () => setLeaving(undefined) })
            }
          >
            Shut out {leaving?.name}
          </Button>
        </div>
      </Modal>
    </>
  );
}

function Invitations({ invitations }: Pick<StaffView, 'invitations'>) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const invite = useAct(
    (_: undefined, send) => send<InvitationView>('POST', '/api/staff/invitations', { email: email.trim(), role }),
    ['staff'],
  );
  const withdraw = useAct(
    (id: string, send) => send('DELETE', `/api/staff/invitations/${encodeURIComponent(id)}`),
    ['staff'],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate(undefined, { onSuccess: () => setEmail('') });
  };
  return (
    <Section title="Invitations">
      <ul>
        {invitations.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-2.5">
            <p>
              <span className="break-all">{each.email || 'the first owner'}</span>{' '}
              <span className="text-ink-2">
                as {each.role}, open until <Time at={each.expiresAt} by="wall" />
              </span>
            </p>
            <Button disabled={withdraw.isPending} onClick={() => withdraw.mutate(each.id)}>
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
      {withdraw.error !== null && <Trouble error={withdraw.error} />}
      <form onSubmit={submit} className="grid items-end gap-3 pt-4 sm:grid-cols-[1fr_160px_max-content]">
        <Field name="E-mail" type="email" required value={email} onChange={(event) => setEmail(event.target.value)} />
        <Choice name="Role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
          {roleNames.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Choice>
        <Button type="submit" look="main" disabled={invite.isPending}>
          Make a link
        </Button>
      </form>
      {invite.error !== null && <Trouble error={invite.error} />}
      {invite.data !== undefined && (
        <div role="status" className="mt-4 border-l-2 border-ink py-1 pl-4">
          <p className="font-semibold">Pass this link on by a way they are known to read. It is shown this once.</p>
          <p className="mt-1">
            <code className="text-sm break-all">{invite.data.link}</code> <Copy text={invite.data.link} />
          </p>
        </div>
      )}
    </Section>
  );
}
