import { startRegistration } from '@simplewebauthn/browser';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { SessionView, WelcomeView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { Empty, Skeleton, Trouble } from '../parts/states.tsx';
import { sessionQuery } from '../server/queries.ts';
import { request, ServerError } from '../server/request.ts';
import { DoorPage } from './door-page.tsx';
import { PasswordStart } from './password-start.tsx';

type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

const welcomeQuery = (token: string) =>
  queryOptions({
    queryKey: ['welcome', token],
    queryFn: ({ signal }) => request<WelcomeView>(`/api/welcome/${encodeURIComponent(token)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function WelcomePage() {
  const { token } = useParams({ from: '/welcome/$token' });
  const { data, error, refetch } = useQuery(welcomeQuery(token));
  if (data !== undefined) return <Welcome token={token} view={data} />;
  if (error instanceof ServerError && error.kind === 'gone') return <DeadLink />;
  return (
    <DoorPage title="Welcome to Cordon">
      {error === null ? <Skeleton lines={3} /> : <Trouble error={error} retry={() => void refetch()} />}
    </DoorPage>
  );
}

function DeadLink() {
  return (
    <DoorPage title="This link is used up">
      <Empty title="A one-time link opens once, and not for long">
        <p>If you have your passkey already, sign in. If not, ask for a new link: an owner makes one under Settings.</p>
        <p>Nobody owns this Cordon yet? Start it again; it prints a new link.</p>
        <a href={links.signIn()} className="text-ink underline underline-offset-4">
          Go to sign-in
        </a>
      </Empty>
    </DoorPage>
  );
}

function Welcome({ token, view }: { readonly token: string; readonly view: WelcomeView }) {
  const client = useQueryClient();
  const jump = useJump();
  const [name, setName] = useState('');
  const [email, setEmail] = useState(view.email ?? '');
  const who = { name: name.trim(), ...(view.email === undefined ? { email: email.trim() } : {}) };
  const enter = (session: SessionView) => {
    client.setQueryData(sessionQuery.queryKey, session);
    jump(links.now(), { replace: true });
  };
  const create = useMutation({
    mutationFn: async () => {
      const path = `/api/welcome/${encodeURIComponent(token)}/passkey`;
      const optionsJSON = await request<RegistrationOptions>(`${path}/options`, { method: 'POST', body: who });
      const response = await startRegistration({ optionsJSON });
      return request<SessionView>(path, { method: 'POST', body: { ...who, response } });
    },
    onSuccess: enter,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <DoorPage title={view.role === 'owner' ? 'Become the owner' : `Join as ${view.role}`}>
      <p className="mb-6 text-ink-2">
        You sign in with a passkey, not a password: there is nothing that a caller could talk out of you or a false page
        could take. The key stays on your device and works only for this address.
      </p>
      <form onSubmit={submit} className="space-y-4">
        <Field
          name="Your name"
          hint="How acts of yours are signed"
          required
          autoComplete="name"
          value={name}
          onChange={(e) => setName(e.target.value)}
        />
        <Field
          name="E-mail"
          type="email"
          required
          autoComplete="email"
          value={email}
          readOnly={view.email !== undefined}
          onChange={(e) => setEmail(e.target.value)}
        />
        <Button type="submit" look="main" className="w-full" disabled={create.isPending}>
          {create.isPending ? 'Waiting for your device…' : 'Create my passkey'}
        </Button>
        {create.error !== null && <Trouble error={create.error} />}
      </form>
      {view.password && <PasswordStart token={token} who={who} onDone={enter} />}
    </DoorPage>
  );
}
