import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { may, type Permission } from '#model/staff.ts';
import type { SessionView } from '#model/wire.ts';
import { sessionQuery } from './queries.ts';
import { type Request, request } from './request.ts';

export const useSession = (): SessionView => useSuspenseQuery(sessionQuery).data;

/** Whether the person signed in may do this; the server decides again, this only spares dead buttons. */
export function useMay(permission: Permission): boolean {
  const { person } = useSession();
  return person !== undefined && may(person.role, permission);
}

/** Sends a change with the session's CSRF token. */
export function useSend() {
  const client = useQueryClient();
  return <Answer>(method: Exclude<Request['method'], 'GET' | undefined>, path: string, body?: unknown) =>
    request<Answer>(path, { method, body, csrf: client.getQueryData(sessionQuery.queryKey)?.csrf });
}

/**
 * An act of a person: sends, then asks again for everything whose first key word is in `touches`. The returned promise
 * settles after the fresh answers have come, so that a dialog closes onto the new state.
 */
export function useAct<Input, Answer>(
  act: (input: Input, send: ReturnType<typeof useSend>) => Promise<Answer>,
  touches: readonly string[],
) {
  const client = useQueryClient();
  const send = useSend();
  return useMutation({
    mutationFn: (input: Input) => act(input, send),
    onSettled: () => Promise.all(touches.map((word) => client.invalidateQueries({ queryKey: [word] }))),
  });
}
