import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Incident } from '#model/incident.ts';

// YAML 1.2 has no dates: they arrive as text.
const time = z.iso.datetime().transform((text) => Date.parse(text));

const expectedIncident = z.strictObject({
  app: z.string(),
  user: z.string(),
  openedByEvent: z.strictObject({ notBefore: time, notAfter: time }),
  rows: z.strictObject({ atLeast: z.number(), truth: z.number() }).optional(),
  techniques: z.array(z.string()).default([]),
  rules: z.array(z.string()).default([]),
});
export type ExpectedIncident = z.infer<typeof expectedIncident>;

const expectedEnd = z.strictObject({
  story: z.string(),
  ordinaryLife: z.strictObject({ from: time, to: time, eventsPerDay: z.number() }),
  announced: z.array(
    z.strictObject({
      app: z.string().optional(),
      user: z.string().optional(),
      from: time,
      to: time,
      reason: z.string(),
    }),
  ),
  incidents: z.array(expectedIncident),
});
export type ExpectedEnd = z.infer<typeof expectedEnd>;

/** Reads `expected.yml` (its schema is told in examples/README.md); throws where it does not keep to it. */
export async function readExpectedEnd(file: URL): Promise<ExpectedEnd> {
  return expectedEnd.parse(parse(await readFile(file, 'utf8')));
}

/**
 * How the incidents differ from the expected end, one sentence each; none when all is as it should be. Within life the
 * rightful owner of a stolen grant reads too, so the truth of the theft alone bounds only from below.
 */
export function differences(
  expected: ExpectedEnd,
  incidents: readonly Incident[],
  played: 'alone' | 'within life',
): readonly string[] {
  const left = new Set(incidents);
  const wrong: string[] = [];
  for (const one of expected.incidents) {
    const found = [...left].find(({ grants }) => grants.some((grant) => isOf(one, grant)));
    if (found === undefined) {
      wrong.push(`no incident about ${one.app} of ${one.user}`);
      continue;
    }
    left.delete(found);
    wrong.push(...differencesOf(one, found, played));
  }
  for (const incident of left) wrong.push(`unexpected: ${tell(incident)}`);
  return wrong;
}

const isOf = (expected: ExpectedIncident, grant: Incident['grants'][number]): boolean =>
  grant.appName === expected.app && (grant.userName === undefined || grant.userName === expected.user);

function* differencesOf(
  expected: ExpectedIncident,
  incident: Incident,
  played: 'alone' | 'within life',
): Generator<string> {
  const opened = incident.openedByEventAt;
  const { notBefore, notAfter } = expected.openedByEvent;
  if (opened < notBefore || opened > notAfter) yield `opened by the event of ${iso(opened)}: ${tell(incident)}`;
  if (expected.rows !== undefined) {
    const { atLeast, atMost } = incident.rows;
    const bounds = played === 'within life' || atLeast <= expected.rows.truth;
    const encloses = bounds && (atMost ?? Number.POSITIVE_INFINITY) >= expected.rows.truth;
    if (atLeast < expected.rows.atLeast || !encloses) {
      yield `rows ${atLeast} to ${atMost}, expected at least ${expected.rows.atLeast} and ${expected.rows.truth} between`;
    }
  }
  for (const technique of expected.techniques) {
    if (!incident.techniques.includes(technique)) yield `technique ${technique} is not named`;
  }
  for (const rule of expected.rules) {
    if (!incident.findings.some((finding) => finding.rule.name === rule)) yield `rule ${rule} has no finding`;
  }
}

const iso = (at: number): string => new Date(at).toISOString();

const tell = ({ title, level, grants, findings }: Incident): string =>
  `${title} [${level}] ${grants.map(({ key }) => key).join(', ')}: ${findings
    .map(({ rule, firstAt, explanation }) => `${rule.name} ${iso(firstAt)} ${explanation}`)
    .join(' | ')}`;
