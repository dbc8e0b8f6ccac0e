import { z } from 'zod';
import type { Indicator, IndicatorFault, ReadIndicators } from './indicator.ts';
import { readStixPattern } from './read-stix-pattern.ts';

const instant = z.iso.datetime({ offset: true });

/** An Indicator object, STIX 2.1 section 4.7; what is not used is let be. */
const indicatorObject = z.object({
  type: z.literal('indicator'),
  id: z.string().max(200),
  name: z.string().optional(),
  description: z.string().optional(),
  pattern: z.string(),
  pattern_type: z.string(),
  valid_from: instant,
  valid_until: instant.optional(),
  revoked: z.boolean().optional(),
  confidence: z.number().min(0).max(100).optional(),
  created_by_ref: z.string().optional(),
});

const object = z.looseObject({ type: z.string(), id: z.string().optional(), name: z.unknown().optional() });
const bundle = z.object({ type: z.literal('bundle'), objects: z.array(object).default([]) });

const dayMs = 86_400_000;
/** An indicator that does not say when it ends: addresses of thefts are somebody else's after months. */
const unstatedLifeMs = 180 * dayMs;

/**
 * Indicators of a STIX 2.1 bundle. Revoked ones are left out; one without `valid_until` ends 180 days after
 * `valid_from`. What cannot be asked of an event is told, object by object. `file` names the source where no identity
 * does.
 */
export function readStixBundle(text: string, file: string): ReadIndicators {
  const read = bundle.safeParse(parseJson(text));
  if (!read.success)
    return { indicators: [], faults: [{ where: 'the file', found: 'something else', expected: 'a STIX 2.1 bundle' }] };
  const names = new Map(
    read.data.objects.flatMap(({ id, name }) => (id && typeof name === 'string' ? [[id, name]] : [])),
  );
  const indicators: Indicator[] = [];
  const faults: IndicatorFault[] = [];
  for (const each of read.data.objects) {
    if (each.type !== 'indicator') continue;
    const outcome = readIndicator(each, names, file);
    if (outcome !== undefined && 'expected' in outcome) faults.push(outcome);
    else if (outcome !== undefined) indicators.push(outcome);
  }
  return { indicators, faults };
}

function readIndicator(
  written: z.infer<typeof object>,
  names: ReadonlyMap<string, string>,
  file: string,
): Indicator | IndicatorFault | undefined {
  const where = written.id?.slice(0, 200) ?? 'an indicator without id';
  const read = indicatorObject.safeParse(written);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { where, found: `${issue?.path.join('.')}: ${issue?.message}`, expected: 'an indicator of STIX 2.1' };
  }
  const { id, name, description, pattern, pattern_type, revoked, confidence, created_by_ref } = read.data;
  if (revoked) return undefined;
  if (pattern_type !== 'stix') return { where, found: `pattern_type ${pattern_type}`, expected: 'stix' };
  const alternatives = readStixPattern(pattern);
  if (!alternatives.ok) return { where, ...alternatives.failure };
  const validFrom = Date.parse(read.data.valid_from);
  const { valid_until } = read.data;
  return {
    id,
    title: (name ?? description ?? pattern).slice(0, 200),
    source: (names.get(created_by_ref ?? '') ?? file).slice(0, 200),
    validFrom,
    validUntil: valid_until === undefined ? validFrom + unstatedLifeMs : Date.parse(valid_until),
    confidence,
    products: [],
    alternatives: alternatives.value,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
