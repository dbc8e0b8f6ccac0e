import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { type ExposureSearch, links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { gatewayQuery } from '../server/queries.ts';
import { useMay } from '../server/session.ts';
import { isSubjectKind, kindOf, type SubjectKind, subjectKinds } from './subject-kinds.ts';

/** Whom to ask about. Names of integrations are offered; a token's or incident's id is recognised whatever was chosen. */
export function AskExposure({ search }: { readonly search: ExposureSearch }) {
  const jump = useJump();
  const mayAskCustomer = useMay('privacy');
  const known = useQuery({ ...gatewayQuery, refetchInterval: false }).data?.integrations ?? [];
  const [kind, setKind] = useState<SubjectKind>(isSubjectKind(search.kind) ? search.kind : 'integration');
  const [of, setOf] = useState(search.of ?? '');
  const names = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = of.trim();
    if (wanted !== '') jump(links.exposure({ kind: kindOf(wanted) ?? kind, of: wanted }));
  };
  return (
    <search>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[160px_1fr_auto]">
        <Choice name="About" value={kind} onChange={(event) => setKind(event.target.value as SubjectKind)}>
          {Object.entries(subjectKinds)
            .filter(([each]) => each !== 'customer' || mayAskCustomer)
            .map(([each, { name }]) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
        </Choice>
        <Field
          name="Which"
          placeholder={subjectKinds[kind].hint}
          autoComplete="off"
          spellCheck={false}
          {...(kind === 'integration' && { list: names })}
          data-search
          aria-keyshortcuts="/"
          value={of}
          onChange={(event) => setOf(event.target.value)}
        />
        <datalist id={names}>
          {known.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Button look="main" type="submit">
          Show what left
        </Button>
      </form>
    </search>
  );
}
