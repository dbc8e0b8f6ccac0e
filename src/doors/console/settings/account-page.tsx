import { useQueryClient } from '@tanstack/react-query';
import { ThemeChoice } from '../frame/theme.tsx';
import { links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { useClock } from '../parts/clock.tsx';
import { Choice } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { Fact, Facts } from '../parts/page.tsx';
import { Trouble } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { useAct, useSession } from '../server/session.ts';

export function AccountPage() {
  const { person, ways, version } = useSession();
  const { zone, setZone } = useClock();
  if (person === undefined) return null;
  return (
    <>
      <Facts>
        <Fact name="Name">{person.name}</Fact>
        <Fact name="E-mail">{person.email}</Fact>
        <Fact name="Role">
          {person.role}: may {person.permissions.join(', ')}
        </Fact>
        <Fact name="Since">
          <Time at={person.createdAt} by="wall" />
        </Fact>
        <Fact name="Sign-in">
          Passkey{ways.oidc !== undefined && `, ${ways.oidc.name}`}
          {ways.password && ', password and one-time code (the weaker way)'}
        </Fact>
        <Fact name="Theme">
          <ThemeChoice />
        </Fact>
        <Fact name="Times in">
          <Choice
            name="Zone of absolute times"
            hideName
            className="max-w-72"
            value={zone}
            onChange={(event) => setZone(event.target.value === 'local' ? 'local' : 'UTC')}
          >
            <option value="UTC">UTC, as the logs are written</option>
            <option value="local">{Intl.DateTimeFormat().resolvedOptions().timeZone}, as this device</option>
          </Choice>
        </Fact>
        <Fact name="Cordon">{version}</Fact>
      </Facts>
      <SignOut />
    </>
  );
}

function SignOut() {
  const client = useQueryClient();
  const jump = useJump();
  const signOut = useAct((_: undefined, send) => send('DELETE', '/api/session'), []);
  const leave = () => {
    // Nothing that was read may stay behind in this browser.
    client.clear();
    jump(links.signIn());
  };
  return (
    <div className="mt-6">
      {signOut.error !== null && <Trouble error={signOut.error} />}
      <Button disabled={signOut.isPending} onClick={() => signOut.mutate(undefined, { onSuccess: leave })}>
        Sign out
      </Button>
    </div>
  );
}
