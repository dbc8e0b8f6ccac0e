import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Permission } from '#model/staff.ts';
import type { TokenView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { Section } from '../parts/page.tsx';
import { Answer, Trouble } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { tokensQuery } from '../server/queries.ts';
import { useAct, useSession } from '../server/session.ts';

type NewToken = TokenView & { readonly secret: string };

export function TokensPage() {
  const query = useQuery(tokensQuery);
  const end = useAct((id: string, send) => send('DELETE', `/api/tokens/${encodeURIComponent(id)}`), ['tokens']);
  return (
    <>
      <p className="max-w-[68ch] text-ink-2">
        A token lets a program speak to Cordon’s API with a part of your rights, until a day you name. Send it as{' '}
        <code className="text-sm">Authorization: Bearer …</code>; the API describes itself at{' '}
        <code className="text-sm">/api/openapi.json</code>.
      </p>
      <Answer of={query}>
        {(tokens) => (
          <ul className="mt-4 border-t border-line">
            {tokens.length === 0 && <li className="border-b border-line py-3 text-ink-2">You have no token.</li>}
            {tokens.map((token) => (
              <li
                key={token.id}
                className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-2.5"
              >
                <div>
                  <p className="font-medium">{token.name}</p>
                  <p className="text-sm text-ink-2">
                    may {token.scopes.join(', ')} · expires <Time at={token.expiresAt} by="wall" /> ·{' '}
                    {token.lastUsedAt === undefined ? (
                      'never used'
                    ) : (
                      <>
                        last used <Time at={token.lastUsedAt} by="wall" />
                      </>
                    )}
                  </p>
                </div>
                <Button disabled={end.isPending} onClick={() => end.mutate(token.id)}>
                  End token
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {end.error !== null && <Trouble error={end.error} />}
      <Section title="New token">
        <TokenForm />
      </Section>
    </>
  );
}

function TokenForm() {
  const { person } = useSession();
  const [name, setName] = useState('');
  const [days, setDays] = useState('30');
  const [scopes, setScopes] = useState<readonly Permission[]>(['read']);
  const create = useAct(
    (_: undefined, send) => send<NewToken>('POST', '/api/tokens', { name: name.trim(), scopes, days: Number(days) }),
    ['tokens'],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined, { onSuccess: () => setName('') });
  };
  const toggle = (scope: Permission, isOn: boolean) =>
    setScopes(isOn ? [...scopes, scope] : scopes.filter((each) => each !== scope));
  return (
    <form onSubmit={submit} className="max-w-lg space-y-4 pt-4">
      <Field name="Name" hint="What will use it" required value={name} onChange={(e) => setName(e.target.value)} />
      <fieldset>
        <legend className="font-medium">It may</legend>
        <div className="grid grid-cols-2 sm:grid-cols-3">
          {person?.permissions.map((scope) => (
            <label key={scope} className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-ink"
                checked={scopes.includes(scope)}
                onChange={(event) => toggle(scope, event.target.checked)}
              />
              {scope}
            </label>
          ))}
        </div>
      </fieldset>
      <Choice name="Expires" value={days} onChange={(event) => setDays(event.target.value)}>
        <option value="1">in a day</option>
        <option value="7">in a week</option>
        <option value="30">in 30 days</option>
        <option value="90">in 90 days</option>
      </Choice>
      {create.error !== null && <Trouble error={create.error} />}
      <Button type="submit" look="main" disabled={create.isPending || scopes.length === 0}>
        Create token
      </Button>
      {create.data !== undefined && (
        <div role="status" className="border-l-2 border-ink py-1 pl-4">
          <p className="font-semibold">Take it now: it is shown this once.</p>
          <p className="mt-1">
            <code className="text-sm break-all">{create.data.secret}</code> <Copy text={create.data.secret} />
          </p>
        </div>
      )}
    </form>
  );
}
