import { z } from 'zod';
import { readYaml } from '#lib/read-yaml.ts';
import { inWords } from '#lib/words.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { operations } from '../requests/policy-view.ts';
import { parseBudgetLimit } from './budget-limit.ts';
import { deniedWith } from './denied-fields.ts';
import { isWholeWeek, joinStretches, parseStretches, zoneNamed } from './hours.ts';
import { parseNetwork } from './networks.ts';
import type { ObjectPolicy, Policy } from './policy.ts';

/** One text that must be readable as something else. */
const readable = <Value>(read: (text: string) => Value | undefined, expected: string) =>
  z.string({ error: expected }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

const name = (what: string) => z.string().regex(/^[A-Za-z]\w*$/, { error: what });
const field = name('the name of a field: Email (a field of a related object is named at that object)');

const object = z.strictObject({
  fields: z.union([z.literal('all'), z.array(field)], { error: 'all, or a list of fields' }),
  denied: z.array(field).default([]).describe('Never leave, and may not stand in a filter either'),
  customer: field.optional().describe('The field that leads to the customer; Id when the record is one'),
  relationships: z
    .record(name('the name of a relationship: Account'), name('the object it leads to'))
    .default({})
    .describe('Relationships beside the standard ones, and the object each leads to'),
  reference: z.boolean().default(false).describe('Holds nobody’s data'),
});

const hours = z.union(
  [
    z.literal('always'),
    z.strictObject({
      zone: readable(zoneNamed, 'a time zone like Europe/Paris'),
      open: z.array(readable(parseStretches, 'hours like "Mon-Fri 07:00-20:00" or "every day 01:00-05:00"')).min(1),
    }),
  ],
  { error: 'always, or zone and open: { zone: Europe/Paris, open: ["Mon-Fri 07:00-20:00"] }' },
);

const budget = readable(
  parseBudgetLimit,
  'a budget like "20,000 customers per day", "500 records of Case per 15 minutes" or "100 counts per hour"',
);

const schema = z
  .strictObject({
    integration: z.string().min(1).max(200).describe('Its name as registered at the gateway'),
    why: z.string().min(3).describe('What it reads customer data for'),
    objects: z.record(name('the name of an object: Contact'), object),
    operations: z.array(z.enum(operations)),
    hours,
    networks: z.union([z.literal('any'), z.array(readable(parseNetwork, 'a network like 203.0.113.0/24'))], {
      error: 'any, or a list of networks like 203.0.113.0/24',
    }),
    budgets: z.union([z.literal('unlimited'), z.array(budget).min(1)], {
      error: 'unlimited, or a list of budgets like "20,000 customers per day", each on a line of its own',
    }),
    uncounted: z
      .array(
        z.strictObject({
          path: z.string().regex(/^\/services(?:\/[\w.~-]*[\w~-][\w.~-]*){2,}$/, {
            error: 'a path like /services/apexrest/stores',
          }),
          why: z.string().min(3),
        }),
      )
      .default([])
      .describe('Paths whose answers leave uncounted: the exposure of the integration is then unbounded'),
    dryRun: z.boolean().default(false).describe('Report what would be refused, and refuse nothing'),
  })
  .superRefine(judgeWhole);

type Written = z.infer<typeof schema>;

/**
 * Reads a policy that people wrote, one YAML document an integration. Every fault is told at once: file, line, what was
 * found and what is expected.
 */
export function readPolicy(text: string, path: string): Result<Policy, readonly Failure[]> {
  const read = readYaml(text, path, schema);
  return read.ok ? success(asPolicy(read.value)) : failure(read.failure);
}

function asPolicy(written: Written): Policy {
  return {
    ...written,
    objects: Object.entries(written.objects).map(
      ([objectName, { reference, relationships, ...rest }]): ObjectPolicy => ({
        ...rest,
        name: objectName,
        customer: rest.customer,
        relationships: new Map(Object.entries(relationships)),
        isReference: reference,
      }),
    ),
    hours: written.hours === 'always' ? 'always' : asHours(written.hours),
    budgets: written.budgets === 'unlimited' ? [] : written.budgets,
  };
}

function asHours({ zone, open }: Exclude<Written['hours'], 'always'>): Policy['hours'] {
  const joined = joinStretches(open.flat());
  return isWholeWeek(joined) ? 'always' : { zone, open: joined };
}

type Report = (path: readonly PropertyKey[], expected: string) => void;

/** What no single line can show: contradictions, and what would be left without a bound. */
function judgeWhole(written: Written, context: z.RefinementCtx): void {
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  const names = new Map<string, string>();
  for (const objectName of Object.keys(written.objects)) {
    if (names.has(objectName.toLowerCase())) report(['objects', objectName], 'each object once');
    else names.set(objectName.toLowerCase(), objectName);
  }
  for (const [objectName, each] of Object.entries(written.objects)) {
    judgeFields(objectName, each, report);
    for (const [relationship, target] of Object.entries(each.relationships)) {
      if (!names.has(target.toLowerCase())) {
        report(['objects', objectName, 'relationships', relationship], `one of the objects of this policy`);
      }
    }
  }
  if (written.budgets === 'unlimited') return;
  judgeBudgets(written, written.budgets, names, report);
}

function judgeFields(
  objectName: string,
  { fields, denied, customer }: Written['objects'][string],
  report: Report,
): void {
  const always = new Set(['id', ...(customer === undefined ? [] : [customer.toLowerCase()])]);
  denied.forEach((each, index) => {
    const lost = [...deniedWith([each])].find((other) => always.has(other));
    if (lost === undefined) return;
    report(['objects', objectName, 'denied', index], 'neither Id nor the field that leads to the customer');
  });
  if (fields === 'all') return;
  const never = deniedWith(denied);
  fields.forEach((each, index) => {
    if (never.has(each.toLowerCase())) {
      report(['objects', objectName, 'fields', index], 'no field that is denied, nor a part or the whole of one');
    }
  });
}

function judgeBudgets(
  written: Written,
  budgets: Exclude<Written['budgets'], 'unlimited'>,
  names: ReadonlyMap<string, string>,
  report: Report,
): void {
  budgets.forEach(({ object: of }, index) => {
    if (of !== undefined && !names.has(of.toLowerCase())) {
      report(['budgets', index], `a budget of ${[...names.values()].join(' or ')}, or over all`);
    }
  });
  const bounds = (kinds: readonly string[], objectName: string): boolean =>
    budgets.some(
      ({ kind, object: of }) => kinds.includes(kind) && (of ?? objectName).toLowerCase() === objectName.toLowerCase(),
    );
  for (const objectName of names.values()) {
    if (!bounds(['records', 'customers'], objectName)) {
      report(['budgets'], `a budget of records or customers that holds for ${objectName}, or the word unlimited`);
    }
    if (written.operations.includes('count') && !bounds(['counts'], objectName)) {
      report(
        ['budgets'],
        `with the operation count, a budget like "${inWords(100)} counts per hour" that holds for ${objectName}`,
      );
    }
  }
}
