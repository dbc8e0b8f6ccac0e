import { startAuthentication } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { SessionView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { describeRefusal } from '../server/describe-error.ts';
import { sessionQuery } from '../server/queries.ts';
import { request } from '../server/request.ts';
import { useSession } from '../server/session.ts';
import { DoorPage } from './door-page.tsx';
import { refusalWords } from './refusal-words.ts';

type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

export function SignInPage() {
  const { ways, needsOwner, demo } = useSession();
  const { refused } = useSearch({ from: '/sign-in' });
  if (needsOwner) return <NoOwner />;
  return (
    <DoorPage title="Sign in">
      {refused !== undefined && (
        <p role="alert" className="mb-4 border-l-2 border-amber pl-3">
          <Text words={refusalWords(refused, ways.oidc?.name ?? 'Single sign-on')} />
        </p>
      )}
      <PasskeyWay />
      {ways.oidc !== undefined && (
        <a href="/api/sign-in/oidc" className={`${buttonClass()} mt-3 w-full`}>
          Sign in with {ways.oidc.name}
        </a>
      )}
      {ways.password && <PasswordWay />}
      {demo && (
        <p className="mt-8 border-t border-line pt-4 text-sm text-ink-2">
          This is the demonstration house: nothing here is real, and nothing you do leaves this machine.
        </p>
      )}
    </DoorPage>
  );
}

function NoOwner() {
  return (
    <DoorPage title="Cordon has no owner yet">
      <p className="text-ink-2">
        The terminal in which Cordon was started printed a one-time link that ends in{' '}
        <code className="text-sm">{links.welcome('…')}</code>. Open it to become the owner.
      </p>
      <p className="mt-3 text-ink-2">
        The link is gone from view? Stop Cordon and start it again: as long as nobody owns it, every start prints a new
        link and the old one dies.
      </p>
    </DoorPage>
  );
}

/** Takes the new session and goes where the person was going. */
function useEnter() {
  const client = useQueryClient();
  const jump = useJump();
  const { next } = useSearch({ from: '/sign-in' });
  return (session: SessionView) => {
    client.setQueryData(sessionQuery.queryKey, session);
    // Only ever back into the console: `//elsewhere` and `/\elsewhere` are other hosts to a browser.
    jump(next !== undefined && /^\/(?![/\\])/.test(next) ? next : links.now());
  };
}

function PasskeyWay() {
  const enter = useEnter();
  const signIn = useMutation({
    mutationFn: async () => {
      const optionsJSON = await request<AuthenticationOptions>('/api/sign-in/passkey/options', {
        method: 'POST',
        body: {},
      });
      const response = await startAuthentication({ optionsJSON });
      return request<SessionView>('/api/sign-in/passkey', { method: 'POST', body: { response } });
    },
    onSuccess: enter,
  });
  return (
    <>
      <Button look="main" className="w-full" disabled={signIn.isPending} onClick={() => signIn.mutate()}>
        {signIn.isPending ? 'Waiting for your passkey…' : 'Sign in with a passkey'}
      </Button>
      {signIn.error !== null && (
        <div className="mt-4">
          <Trouble error={signIn.error} describe={describeRefusal} />
        </div>
      )}
    </>
  );
}

function PasswordWay() {
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const signIn = useMutation({
    mutationFn: () =>
      request<SessionView>('/api/sign-in/password', { method: 'POST', body: { email, password, code } }),
    onSuccess: enter,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <details className="mt-6 border-t border-line pt-4">
      <summary className="text-ink-2">The weaker way: password and one-time code</summary>
      <form onSubmit={submit} className="mt-4 space-y-4">
        <p className="text-sm text-ink-2">
          Both can be given away on the phone or typed into a false page. Use it only where no passkey can be.
        </p>
        <Field
          name="E-mail"
          type="email"
          required
          autoComplete="username"
          value={email}
          onChange={(e) => setEmail(e.target.value)}
        />
        <Field
          name="Password"
          type="password"
          required
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        <Field
          name="Code"
          hint="Six digits from your authenticator app"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          required
          value={code}
          onChange={(e) => setCode(e.target.value)}
        />
        <Button type="submit" className="w-full" disabled={signIn.isPending}>
          Sign in with password and code
        </Button>
        {signIn.error !== null && <Trouble error={signIn.error} describe={describeRefusal} />}
      </form>
    </details>
  );
}
