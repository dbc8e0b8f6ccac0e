import { z } from 'zod';
import { expectation } from '#lib/read-yaml.ts';
import { isSecretReference, resolveSecret, secret } from '#lib/secret-reference.ts';
import type { LiveSource } from '#model/live-source.ts';

/** One live reading as cordon.yaml asks for it. */
export interface LiveBlock {
  readonly source: LiveSource;
  /** Unique; what is remembered of its streams is kept under it, and its hook is called by it. */
  readonly name: string;
  /** Where reading begins when nothing was read before: an event time, ms, or so many ms before the first start. */
  readonly since: { readonly at: number } | { readonly beforeMs: number };
  /** As the source's own schema has read it, secrets as text. */
  readonly settings: unknown;
}

const dayMs = 86_400_000;
const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: dayMs };

const ours = {
  source: z.string().min(1).describe('Which source: the name of its folder'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'up to 60 letters, digits, dots, dashes and underscores')
    .optional()
    .describe('Tells readings of the same source apart; the source where it is absent'),
  since: z
    .union([z.iso.datetime({ offset: true }), z.string().regex(/^[1-9]\d{0,3}[mhd]$/)], {
      error: 'a time like 2026-11-23T10:00:00Z or a span like 90m, 24h or 7d',
    })
    .default('24h')
    .describe('Where reading begins at the very first start'),
};

type Found = ReadonlyMap<string, LiveSource>;
type Written = { readonly [key: string]: unknown };
type JsonSchema = { readonly [key: string]: unknown };

/**
 * The blocks under `live`, each read by the schema of its source, with the faults where they stand in the file.
 * References to secrets, wherever they stand, are resolved before; what a source's schema marks `secret: true` (zod
 * `meta`) must be one.
 */
export function liveBlocks(
  sources: readonly LiveSource[],
  base: string,
  environment: Readonly<Record<string, string | undefined>>,
) {
  const found: Found = new Map(sources.map((source) => [source.name, source]));
  const block = z.looseObject(ours).transform((written, context): LiveBlock => {
    const { source: wanted, name = wanted, since, ...rest } = written;
    const source = found.get(wanted);
    const complain = (path: readonly PropertyKey[], expected: string, what?: string): void =>
      void context.issues.push({
        code: 'custom',
        path: [...path],
        message: expected,
        input: written,
        ...(what !== undefined && { params: { found: what } }),
      });
    if (source === undefined) {
      const known = [...found.keys()].join(', ');
      complain(['source'], known === '' ? 'no live source is built in' : `one of ${known}`);
      return z.NEVER;
    }
    const schema = jsonSchemaOf(source);
    for (const path of secretsInClear(schema, rest, []))
      complain(path, 'a reference to a secret: { env: NAME } or { file: PATH }', 'a text that is no reference');
    const reveal = (value: unknown, path: readonly PropertyKey[]): unknown => {
      if (Array.isArray(value)) return value.map((each, index) => reveal(each, [...path, index]));
      if (isSecretReference(value)) {
        const resolved = resolveSecret(value, base, environment);
        if ('secret' in resolved) return resolved.secret;
        complain(path, 'the secret in it', resolved.missing);
        return z.NEVER;
      }
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, reveal(each, [...path, key])]));
    };
    const revealed = reveal(rest, []);
    if (context.issues.length > 0) return z.NEVER;
    const settings = source.settings.safeParse(revealed);
    if (settings.success) return { source, name, since: startOf(since), settings: settings.data };
    for (const issue of settings.error.issues) {
      if (issue.code !== 'unrecognized_keys') complain(issue.path, expectation(issue));
      else
        for (const key of issue.keys) {
          const keys = issue.path.length === 0 ? Object.keys({ ...ours, ...propertiesOf(schema) }) : [];
          complain(
            [...issue.path, key],
            keys.length > 0 ? `one of ${keys.join(', ')}` : 'no such key',
            `the unknown key "${key}"`,
          );
        }
    }
    return z.NEVER;
  });
  return z.array(block).superRefine((blocks, context) => {
    for (const [index, { name }] of blocks.entries()) {
      if (blocks.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `another name than ${name}, which is taken`,
        params: { found: 'a name that is not unique' },
      });
    }
  });
}

/** The JSON Schema of `live`, for editors: one alternative for each source. */
export function liveBlocksSchema(sources: readonly LiveSource[]): unknown {
  const { properties } = z.toJSONSchema(z.object(ours), { io: 'input' });
  return {
    description: 'Logs of vendors read while they are written',
    default: [],
    type: 'array',
    items: {
      anyOf: sources.map((source) => {
        const schema = withReferences(jsonSchemaOf(source)) as JsonSchema;
        return {
          ...schema,
          type: 'object',
          properties: { ...properties, source: { const: source.name }, ...propertiesOf(schema) },
          required: ['source', ...((schema['required'] as readonly string[] | undefined) ?? [])],
        };
      }),
    },
  };
}

function startOf(since: string): LiveBlock['since'] {
  const [, number, unit] = /^(\d+)([mhd])$/.exec(since) ?? [];
  return number === undefined ? { at: Date.parse(since) } : { beforeMs: Number(number) * unitsMs[unit!]! };
}

const jsonSchemaOf = ({ settings }: LiveSource): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' });
  return schema;
};

const propertiesOf = (schema: JsonSchema): Written => (schema['properties'] ?? {}) as Written;

/** Where a text stands that the schema marks as a secret. */
function secretsInClear(schema: JsonSchema, value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[][] {
  if (schema['secret'] === true) return typeof value === 'string' ? [[...path]] : [];
  if (typeof value !== 'object' || value === null) return [];
  const inner = (below: unknown, key: PropertyKey): readonly PropertyKey[][] =>
    secretsInClear((below ?? {}) as JsonSchema, (value as Written)[String(key)], [...path, key]);
  const alternatives = [
    ...(Array.isArray(schema['anyOf']) ? schema['anyOf'] : []),
    ...(Array.isArray(schema['oneOf']) ? schema['oneOf'] : []),
  ];
  return [
    ...Object.keys(value).flatMap((key) =>
      Array.isArray(value)
        ? inner(schema['items'], Number(key))
        : inner(Object.hasOwn(propertiesOf(schema), key) ? propertiesOf(schema)[key] : undefined, key),
    ),
    ...alternatives.flatMap((each) => secretsInClear(each as JsonSchema, value, path)),
  ];
}

const reference = z.toJSONSchema(secret, { io: 'input' });

function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { secret: isSecret, ...rest } = schema as { readonly secret?: unknown };
  if (isSecret !== true)
    return Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, withReferences(each)]));
  const { description } = rest as { readonly description?: string };
  return { anyOf: reference.anyOf, description: description ?? reference.description };
}
