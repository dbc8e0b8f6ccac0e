import type { Asked, Refusal } from '../call.ts';
import type { ReadSoql } from './read-soql.ts';
import { refuseRequest } from './refuse.ts';

/** Where a call leads, known from its head; `read` takes the body and says what is asked. */
export interface Route {
  /** Bytes of body that are read; 0: none may come. */
  readonly bodyBytes: number;
  readonly read: (body: Uint8Array | undefined) => Asked | Refusal;
}

/** A call below `/services/data/vXX.0`. */
export interface DataCall {
  readonly method: string;
  /** Behind the version. */
  readonly segments: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
  /** `64.0` */
  readonly version: string;
  readonly readSoql: ReadSoql;
}

export const asks = (asked: Asked): Route => ({ bodyBytes: 0, read: () => asked });

/** A GET with no parameters but the allowed ones. `format` may say `json`. */
export function onlyGet(
  { method, parameters }: Pick<DataCall, 'method' | 'parameters'>,
  asked: Asked,
  allowed: readonly string[] = [],
): Route | Refusal {
  if (method !== 'GET') return refuseRequest('method', `${method.slice(0, 20)} is not spoken on this path`);
  const format = allowed.includes('format') ? parameters.get('format') : undefined;
  if (format !== undefined && format !== 'json') return refuseRequest('format', 'answers are in JSON alone');
  return refusesParameters(parameters, allowed) ?? asks(asked);
}

export function refusesParameters(
  parameters: ReadonlyMap<string, string>,
  allowed: readonly string[],
): Refusal | undefined {
  for (const name of parameters.keys())
    if (!allowed.includes(name))
      return refuseRequest(
        'unknown-parameter',
        `the parameter ${name.slice(0, 40)} is not one that it speaks on this path`,
      );
  return undefined;
}
