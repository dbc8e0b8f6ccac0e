import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { activities } from '#model/activity.ts';
import { type EventSearch, links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { useClock } from '../parts/clock.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { nowQuery } from '../server/queries.ts';

/** Spans back from the house's now, ms. */
const spans = { '1 hour': 3_600_000, '24 hours': 86_400_000, '7 days': 7 * 86_400_000, '30 days': 30 * 86_400_000 };

/** What is searched for. Kept in the address, so that a search can be sent to a colleague. */
export function EventFilters({ search }: { readonly search: EventSearch }) {
  const jump = useJump();
  const { house } = useClock();
  const sources = useQuery({ ...nowQuery, enabled: false }).data?.sources ?? [];
  const [draft, setDraft] = useState<EventSearch>({ ...search, look: undefined });
  const set = (change: EventSearch) => setDraft({ ...draft, ...change });
  const ask = (wanted: EventSearch) => jump(links.events(wanted), { keepScroll: true });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(draft);
  };
  const box = (name: string, word: 'actor' | 'app' | 'address' | 'object' | 'grant', placeholder: string) => (
    <Field
      name={name}
      placeholder={placeholder}
      value={draft[word] ?? ''}
      onChange={(e) => set({ [word]: e.target.value })}
    />
  );
  return (
    <search className="mb-4 block border-b border-line pb-4">
      <form onSubmit={submit} className="space-y-3">
        <div className="flex gap-2">
          <Field
            name="Text in the raw line"
            hideName
            data-search
            type="search"
            className="flex-1"
            placeholder="Text in the raw line"
            aria-keyshortcuts="/"
            value={draft.text ?? ''}
            onChange={(e) => set({ text: e.target.value })}
          />
          <Button type="submit" look="main">
            Search
          </Button>
          {Object.values({ ...search, look: undefined }).some(Boolean) && (
            <Button onClick={() => ask({})}>Clear</Button>
          )}
        </div>
        <details open={hasMore(search)}>
          <summary className="w-fit text-sm text-ink-2">Person, app, address, object, activity, source, time</summary>
          <div className="mt-3 grid grid-cols-2 gap-x-3 gap-y-3 text-sm md:grid-cols-4">
            {box('Person', 'actor', 'Sign-in name or user id')}
            {box('App', 'app', 'Name or client id')}
            {box('Grant', 'grant', 'app@user')}
            {box('Address', 'address', '203.0.113.7')}
            {box('Object', 'object', 'Contact')}
            <Choice name="Activity" value={draft.activity ?? ''} onChange={(e) => set({ activity: e.target.value })}>
              <option value="">Any</option>
              {Object.keys(activities).map((activity) => (
                <option key={activity}>{activity}</option>
              ))}
            </Choice>
            <Choice name="Source" value={draft.source ?? ''} onChange={(e) => set({ source: e.target.value })}>
              <option value="">Any</option>
              {sources.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </Choice>
            <div />
            <Instant name="From (UTC)" value={draft.from} onChange={(from) => set({ from })} />
            <Instant name="Until (UTC)" value={draft.to} onChange={(to) => set({ to })} />
            <p className="col-span-2 flex flex-wrap items-end gap-x-4 pb-1 text-ink-2">
              <span>The last</span>
              {Object.entries(spans).map(([words, span]) => (
                <button
                  key={words}
                  type="button"
                  className="underline decoration-line-2 underline-offset-4 hover:text-ink"
                  onClick={() => ask({ ...draft, from: new Date(house - span).toISOString(), to: undefined })}
                >
                  {words}
                </button>
              ))}
            </p>
          </div>
        </details>
      </form>
    </search>
  );
}

const hasMore = ({ text: _, look: __, ...rest }: EventSearch): boolean => Object.values(rest).some(Boolean);

interface InstantProps {
  readonly name: string;
  /** ISO 8601 with Z. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function Instant({ name, value, onChange }: InstantProps) {
  return (
    <Field
      name={name}
      type="datetime-local"
      step={1}
      value={value?.replace(/(\.\d+)?Z$/, '') ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : `${event.target.value}Z`)}
    />
  );
}
