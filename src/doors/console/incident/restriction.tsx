import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { listInWords } from '#lib/words.ts';
import type { IncidentView, StaffView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Answer, Skeleton, Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { staffQuery } from '../server/queries.ts';
import { useAct, useSession } from '../server/session.ts';

/** For an insider's case: everybody else finds no trace of the incident, the accused never. */
export function RestrictionControl({ incident }: { readonly incident: IncidentView }) {
  const [isEditing, setEditing] = useState(false);
  const staff = useQuery(staffQuery);
  const path = `/api/incidents/${encodeURIComponent(incident.id)}/restriction`;
  const lift = useAct((_: undefined, send) => send('DELETE', path), ['incident', 'incidents', 'now']);
  const { restriction } = incident;
  return (
    <div className="max-w-[72ch] py-3">
      {restriction === undefined ? (
        <p className="text-ink-2">Everybody whose role reads incidents.</p>
      ) : (
        <p>
          Only {listInWords(restriction.readers.map((id) => nameOf(staff.data, id)))}. Reason:{' '}
          <Text words={restriction.reason} />
        </p>
      )}
      {lift.error !== null && <Trouble error={lift.error} />}
      {isEditing ? (
        <Answer of={staff} waiting={<Skeleton lines={3} />}>
          {(view) => <RestrictionForm incident={incident} staff={view} path={path} onDone={() => setEditing(false)} />}
        </Answer>
      ) : (
        <p className="mt-3 flex gap-2">
          <Button onClick={() => setEditing(true)}>
            {restriction === undefined ? 'Restrict to named readers' : 'Change readers'}
          </Button>
          {restriction !== undefined && (
            <Button onClick={() => lift.mutate(undefined)} disabled={lift.isPending}>
              Lift restriction (all readers see it again)
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

const nameOf = (staff: StaffView | undefined, id: string): string =>
  staff?.people.find((person) => person.id === id)?.name ?? id;

function RestrictionForm({
  incident,
  staff,
  path,
  onDone,
}: {
  readonly incident: IncidentView;
  readonly staff: StaffView;
  readonly path: string;
  readonly onDone: () => void;
}) {
  const { person } = useSession();
  const [readers, setReaders] = useState(incident.restriction?.readers ?? (person === undefined ? [] : [person.id]));
  const [reason, setReason] = useState(incident.restriction?.reason ?? '');
  const restrict = useAct(
    (_: undefined, send) => send<IncidentView>('PUT', path, { readers, reason: reason.trim() }),
    ['incident', 'incidents', 'now'],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    restrict.mutate(undefined, { onSuccess: onDone });
  };
  const toggle = (id: string, isReader: boolean) =>
    setReaders(isReader ? [...readers, id] : readers.filter((each) => each !== id));
  return (
    <form onSubmit={submit} className="mt-3 space-y-4 border-t border-line pt-3">
      <p className="text-ink-2">
        For everybody else it is absent from lists, search, live messages and exports. Whoever it accuses can never be a
        reader, whatever their role.
      </p>
      <fieldset>
        <legend className="font-medium">Readers</legend>
        {staff.people
          .filter((each) => each.disabledAt === undefined)
          .map((each) => (
            <label key={each.id} className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-ink"
                checked={readers.includes(each.id)}
                onChange={(event) => toggle(each.id, event.target.checked)}
              />
              {each.name} <span className="text-ink-2">{each.role}</span>
            </label>
          ))}
      </fieldset>
      <Area name="Reason" required value={reason} onChange={(event) => setReason(event.target.value)} />
      {restrict.error !== null && <Trouble error={restrict.error} />}
      <div className="flex gap-2">
        <Button
          type="submit"
          look="main"
          disabled={readers.length === 0 || reason.trim().length < 3 || restrict.isPending}
        >
          Restrict to {readers.length === 1 ? 'one reader' : `${readers.length} readers`}
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
