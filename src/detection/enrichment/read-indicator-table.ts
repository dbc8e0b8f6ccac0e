import {
  type Indicator,
  type IndicatorFault,
  type ReadIndicators,
  type Subject,
  subjects,
  type Test,
} from './indicator.ts';
import { type CsvRecord, readCsv } from './read-csv.ts';

const dayMs = 86_400_000;
const unstatedLifeMs = 180 * dayMs;

/** Other names that feeds give to what an indicator speaks of. */
const otherNames: Readonly<Record<string, Subject>> = {
  ip: 'address',
  ipv4: 'address',
  ipv6: 'address',
  cidr: 'address',
  network: 'address',
  user_agent: 'user-agent',
  useragent: 'user-agent',
  application: 'app',
  login: 'user',
  domain: 'host',
  hostname: 'host',
};

/**
 * Indicators of a CSV file with the columns `type` (address, user-agent, app, user, host), `value` (`*` for any run of
 * characters; networks with their prefix) and, where known, `source`, `description`, `valid_from`, `valid_until` (ISO
 * 8601), `confidence` (0 to 100) and `product` (several with blanks between them). Without `valid_until` an indicator
 * ends 180 days after `valid_from`; without either it neither began nor ends, since nobody said when.
 */
export function readIndicatorTable(text: string, file: string): ReadIndicators {
  const indicators: Indicator[] = [];
  const faults: IndicatorFault[] = [];
  for (const record of readCsv(text)) {
    const outcome = readRecord(record, file);
    if ('expected' in outcome) faults.push(outcome);
    else indicators.push(outcome);
  }
  return { indicators, faults };
}

function readRecord({ line, cells }: CsvRecord, file: string): Indicator | IndicatorFault {
  const cell = (name: string): string | undefined => cells.get(name) || undefined;
  const where = `line ${line}`;
  const written = cell('type')?.toLowerCase() ?? '';
  const subject =
    subjects.find((each) => each === written) ?? (Object.hasOwn(otherNames, written) && otherNames[written]);
  const value = cell('value');
  if (!subject) return { where, found: `type ${written || 'missing'}`, expected: `one of ${subjects.join(', ')}` };
  if (value === undefined) return { where, found: 'no value', expected: 'what to look for' };
  const from = timeOf(cell('valid_from'));
  const until = timeOf(cell('valid_until'));
  const confidence = cell('confidence') === undefined ? undefined : Number(cell('confidence'));
  if (Number.isNaN(from) || Number.isNaN(until))
    return { where, found: `${cell('valid_from')} to ${cell('valid_until')}`, expected: 'ISO 8601 times' };
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 100))
    return { where, found: `confidence ${cell('confidence')}`, expected: 'a number from 0 to 100' };
  return {
    id: `${file}#${line}`,
    title: (cell('description') ?? value).slice(0, 200),
    source: (cell('source') ?? file).slice(0, 200),
    validFrom: from ?? Number.NEGATIVE_INFINITY,
    validUntil: until ?? (from === undefined ? Number.POSITIVE_INFINITY : from + unstatedLifeMs),
    confidence,
    products: (cell('product') ?? '')
      .toLowerCase()
      .split(/[\s|]+/)
      .filter((each) => each !== ''),
    alternatives: [[testOf(subject, value)]],
  };
}

const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

function testOf(subject: Subject, value: string): Test {
  if (subject === 'address') return { subject, is: value.includes('/') ? 'within' : 'equal', value };
  return { subject, is: /[*?]/.test(value) ? 'like' : 'equal', value };
}
