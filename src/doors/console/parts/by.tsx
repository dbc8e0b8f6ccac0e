import { useQuery } from '@tanstack/react-query';
import { staffQuery } from '../server/queries.ts';
import { useMay, useSession } from '../server/session.ts';
import { Text } from './text.tsx';

/** Who did it, by name where we may know it. */
export function By({ id, names = {} }: { readonly id: string; readonly names?: Readonly<Record<string, string>> }) {
  const { person } = useSession();
  const maySeeStaff = useMay('administer');
  const { data } = useQuery({ ...staffQuery, enabled: maySeeStaff, staleTime: 60_000 });
  if (id === 'cordon') return 'Cordon';
  if (id === 'gateway') return 'the gateway';
  const name = person?.id === id ? person.name : (names[id] ?? data?.people.find((each) => each.id === id)?.name);
  return <Text words={name ?? id} />;
}
