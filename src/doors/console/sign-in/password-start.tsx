import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { PasswordSetup, SessionView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Field } from '../parts/field.tsx';
import { Trouble } from '../parts/states.tsx';
import { request } from '../server/request.ts';

interface PasswordStartProps {
  readonly token: string;
  readonly who: { readonly name: string; readonly email?: string };
  readonly onDone: (session: SessionView) => void;
}

/** The weaker way in, named as such. */
export function PasswordStart({ token, who, onDone }: PasswordStartProps) {
  const path = `/api/welcome/${encodeURIComponent(token)}/password`;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const prepare = useMutation({
    mutationFn: () =>
      request<PasswordSetup>(`${path}/options`, {
        method: 'POST',
        body: who.email === undefined ? {} : { email: who.email },
      }),
  });
  const create = useMutation({
    mutationFn: () => request<SessionView>(path, { method: 'POST', body: { ...who, password, code } }),
    onSuccess: onDone,
  });
  const isNamed = who.name !== '' && who.email !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <details className="mt-6 border-t border-line pt-4">
      <summary className="text-ink-2">The weaker way: password and one-time code</summary>
      <form onSubmit={submit} className="mt-4 space-y-4">
        <p className="text-sm text-ink-2">
          Both can be given away on the phone or typed into a false page. Use it only where no passkey can be.
          {!isNamed && ' Fill in name and e-mail above first.'}
        </p>
        {prepare.data === undefined ? (
          <Button onClick={() => prepare.mutate()} disabled={prepare.isPending || !isNamed}>
            Show the key for my authenticator app
          </Button>
        ) : (
          <p>
            Key for your authenticator app: <code className="text-sm break-all">{prepare.data.secret}</code>{' '}
            <Copy text={prepare.data.secret} />
            <a href={prepare.data.otpauthUri} className="block text-sm underline underline-offset-4">
              Open in an authenticator app on this device
            </a>
          </p>
        )}
        {prepare.error !== null && <Trouble error={prepare.error} />}
        {prepare.data !== undefined && (
          <>
            <Field
              name="Password"
              hint="Fifteen characters or more; a sentence is good"
              type="password"
              required
              minLength={15}
              autoComplete="new-password"
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
            <Field
              name="Code"
              hint="Six digits that the app shows now"
              inputMode="numeric"
              autoComplete="one-time-code"
              pattern="[0-9]{6}"
              required
              value={code}
              onChange={(e) => setCode(e.target.value)}
            />
            <Button type="submit" disabled={create.isPending}>
              Join with password and code
            </Button>
          </>
        )}
        {create.error !== null && <Trouble error={create.error} />}
      </form>
    </details>
  );
}
