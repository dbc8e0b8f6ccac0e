import { ServerError } from './request.ts';

/** What a person is told: what happened, what was not lost, what to do. */
export interface ErrorWords {
  readonly title: string;
  readonly message: string;
  /** Whether asking again may help. */
  readonly retry: boolean;
}

const wordsOfKind: Readonly<Record<string, (error: ServerError) => ErrorWords>> = {
  unreachable: () => ({
    title: 'Cordon does not answer',
    message:
      'The server may be restarting, or the network is down. Nothing that was saved is lost. Check that `cordon start` still runs; this page tries again by itself.',
    retry: true,
  }),
  'not-signed-in': () => ({
    title: 'You are signed out',
    message: 'Your session ended. Sign in again and you come back to this page.',
    retry: false,
  }),
  forbidden: (error) => ({ title: 'Your role does not allow this', message: error.message, retry: false }),
  gone: (error) => ({ title: 'Not here', message: error.message, retry: false }),
  conflict: (error) => ({
    title: 'Somebody was faster',
    message: `${error.message} Nothing was changed by you; look at the current state and decide again.`,
    retry: true,
  }),
  'too-many': (error) => ({ title: 'Too many tries', message: error.message, retry: true }),
  invalid: (error) => ({
    title: error.where === undefined ? 'This was not accepted' : `Not accepted: ${error.where}`,
    message: withoutPlace(error),
    retry: false,
  }),
};

/** At the door nobody is signed out: what was shown was not accepted, and the server says what. */
export const describeRefusal = (error: unknown): ErrorWords =>
  error instanceof ServerError && error.kind === 'not-signed-in'
    ? { title: 'Not let in', message: `${error.message} Nothing was changed.`, retry: false }
    : describeError(error);

/** `code: found another` under a title that names the field already is `Found another`. */
function withoutPlace({ message, where }: ServerError): string {
  if (where === undefined || !message.startsWith(`${where}: `)) return message;
  const rest = message.slice(where.length + 2);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** The one place where failures become words for people. */
export function describeError(error: unknown): ErrorWords {
  if (error instanceof ServerError) {
    const words = Object.hasOwn(wordsOfKind, error.kind) ? wordsOfKind[error.kind] : undefined;
    if (words !== undefined) return words(error);
    return { title: 'The server could not do this', message: error.message, retry: true };
  }
  if (error instanceof Error && error.name === 'NotAllowedError') {
    return {
      title: 'The passkey was not used',
      message: 'The request was closed or timed out. Nothing was changed. Try again when you are ready.',
      retry: true,
    };
  }
  if (error instanceof Error && error.name === 'InvalidStateError') {
    return {
      title: 'This device has a passkey already',
      message: 'The passkey on this device is already registered. Sign in with it instead.',
      retry: false,
    };
  }
  return {
    title: 'Something in this page broke',
    message: `What is stored is untouched. Reload the page; if it happens again, this helps to find it: ${error instanceof Error ? error.message : String(error)}`,
    retry: true,
  };
}
