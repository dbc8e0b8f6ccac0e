import { type FormEvent, useState } from 'react';
import type { Note } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { By } from '../parts/by.tsx';
import { Area } from '../parts/field.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useAct, useMay } from '../server/session.ts';

export function Notes({ id, notes }: { readonly id: string; readonly notes: readonly Note[] }) {
  const mayWrite = useMay('investigate');
  const [text, setText] = useState('');
  const add = useAct(
    (words: string, send) => send<Note>('POST', `/api/incidents/${encodeURIComponent(id)}/notes`, { text: words }),
    ['incident'],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(text.trim(), { onSuccess: () => setText('') });
  };
  return (
    <>
      {notes.length === 0 && <p className="py-3 text-ink-2">Nobody has written anything yet.</p>}
      <ol>
        {[...notes]
          .sort((a, b) => a.at - b.at)
          .map((note) => (
            <li key={note.id} className="border-b border-line py-3">
              <p className="text-sm text-ink-2">
                <By id={note.by} /> · <Time at={note.at} />
              </p>
              <p className="mt-0.5 max-w-[72ch] break-words whitespace-pre-wrap">
                <Text words={note.text} keepLines />
              </p>
            </li>
          ))}
      </ol>
      {mayWrite && (
        <form onSubmit={submit} className="mt-3 max-w-[72ch] space-y-2">
          <Area
            name="Add a note"
            hideName
            placeholder="What you found, whom you asked, what you ruled out"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {add.error !== null && <Trouble error={add.error} />}
          <Button type="submit" disabled={text.trim() === '' || add.isPending}>
            Add note
          </Button>
        </form>
      )}
    </>
  );
}
