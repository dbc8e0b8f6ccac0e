import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Cordon } from '#cordon.ts';
import type { Desk } from '#desk/desk.ts';
import type { Result } from '#model/result.ts';
import type { Asker } from '#model/staff.ts';
import type { ApiFailure } from './api-failure.ts';
import type { Browser } from './browser.ts';
import type { Column } from './csv.ts';
import type { SignIn } from './sign-in/sign-in.ts';

/** One request that has been let in: who asks, through which desk, and the parsed parts. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly cordon: Cordon;
  readonly signIn: SignIn;
  readonly asker: Asker;
  readonly desk: Desk;
  readonly browser: Browser;
  /** Whether the asker would still be let in with the same rights: for answers that last. */
  readonly stillIn: () => Promise<boolean>;
  /** Aborted when the server closes: answers that last end then. */
  readonly closing: AbortSignal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

interface Described {
  /** For the OpenAPI document: one sentence. */
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** How a route answers: JSON (and CSV where it is a list), a redirect, or a reply of its own making. */
export type Operation =
  | (Described & {
      readonly kind: 'json';
      readonly answer: z.ZodType;
      readonly csv: { readonly name: string; readonly write: (answer: unknown) => string } | undefined;
      readonly run: (call: Call) => Promise<Result<unknown, ApiFailure>>;
    })
  | (Described & { readonly kind: 'redirect'; readonly run: (call: Call) => Promise<string> })
  | (Described & { readonly kind: 'own'; readonly run: (call: Call, reply: FastifyReply) => unknown });

type DeepReadonly<T> = T extends (infer Each)[]
  ? readonly DeepReadonly<Each>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** An operation that answers JSON. What it returns must fit its schema; what the schema does not name is not sent. */
export function operation<
  Answer extends z.ZodType,
  Params extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
  Row = never,
>(definition: {
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly csv?: {
    readonly name: string;
    readonly columns: readonly Column<Row>[];
    readonly rows: (answer: DeepReadonly<z.output<Answer>>) => readonly Row[];
    readonly write: (columns: readonly Column<Row>[], rows: readonly Row[]) => string;
  };
  readonly run: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Result<DeepReadonly<z.output<Answer>>, ApiFailure>>;
}): Operation {
  const { csv, run, ...rest } = definition;
  return {
    ...rest,
    kind: 'json',
    csv: csv && {
      name: csv.name,
      write: (answer) => csv.write(csv.columns, csv.rows(answer as DeepReadonly<z.output<Answer>>)),
    },
    // The server has parsed params, query and body with these very schemas.
    run: (call) => run(call as Call<z.output<Params>, z.output<Query>, z.output<Body>>),
  };
}

export const nothing = z.strictObject({});
