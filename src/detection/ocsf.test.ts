import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Slots } from '#model/event.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import { evidenceToOcsf, findingToOcsf, incidentToOcsf } from './ocsf.ts';

const corpus = new URL('../../../shared/data/detection/ocsf/', import.meta.url);
const isThere = existsSync(corpus);
const skip = isThere ? false : 'no corpus';

interface Attribute {
  readonly type: string;
  readonly object_type?: string;
  readonly is_array?: boolean;
  readonly requirement?: string;
  readonly enum?: Readonly<Record<string, unknown>>;
  readonly profiles?: readonly string[] | null;
}
interface Shape {
  readonly name: string;
  readonly uid?: number;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: Readonly<Record<string, readonly string[]>> | null;
}
interface Schema {
  readonly classes: Readonly<Record<string, Shape>>;
  readonly objects: Readonly<Record<string, Shape>>;
}
type Json = Readonly<Record<string, unknown>>;

const readCorpus = (name: string): unknown => JSON.parse(readFileSync(new URL(name, corpus), 'utf8'));
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean_t: (value) => typeof value === 'boolean',
  integer_t: Number.isSafeInteger,
  long_t: Number.isSafeInteger,
  port_t: Number.isSafeInteger,
  timestamp_t: Number.isSafeInteger,
  float_t: (value) => typeof value === 'number',
  json_t: (value) => value !== undefined,
  ip_t: (value) => typeof value === 'string' && /^[0-9a-f.:]+$/i.test(value),
};

/** What is wrong with an OCSF event: required, unknown, type, enum, constraints, all the way down. */
function validate(schema: Schema, event: Json): readonly string[] {
  const shape = Object.values(schema.classes).find((each) => each.uid === event['class_uid']);
  if (shape === undefined) return [`no class ${String(event['class_uid'])}`];
  const metadata = event['metadata'];
  const profiles = isMap(metadata) && Array.isArray(metadata['profiles']) ? (metadata['profiles'] as string[]) : [];
  const faults: string[] = [];
  check(schema, shape, event, shape.name, new Set(profiles), faults);
  return faults;
}

function check(
  schema: Schema,
  shape: Shape,
  value: Json,
  at: string,
  profiles: ReadonlySet<string>,
  faults: string[],
): void {
  const applies = (attribute: Attribute): boolean =>
    attribute.profiles === undefined ||
    attribute.profiles === null ||
    attribute.profiles.some((profile) => profiles.has(profile));
  for (const [name, attribute] of Object.entries(shape.attributes))
    if (attribute.requirement === 'required' && applies(attribute) && value[name] === undefined)
      faults.push(`${at}.${name} is required`);
  for (const [kind, names] of Object.entries(shape.constraints ?? {})) {
    const present = names.filter((name) => value[name] !== undefined).length;
    if (kind === 'at_least_one' && present === 0) faults.push(`${at} needs one of ${names.join(', ')}`);
    if (kind === 'just_one' && present !== 1) faults.push(`${at} needs just one of ${names.join(', ')}`);
  }
  for (const [name, member] of Object.entries(value)) {
    const attribute = shape.attributes[name];
    if (attribute === undefined || !applies(attribute)) faults.push(`${at}.${name} is unknown`);
    else checkAttribute(schema, attribute, member, `${at}.${name}`, profiles, faults);
  }
}

function checkAttribute(
  schema: Schema,
  attribute: Attribute,
  value: unknown,
  at: string,
  profiles: ReadonlySet<string>,
  faults: string[],
): void {
  if (attribute.is_array === true) {
    if (!Array.isArray(value)) faults.push(`${at} is no list`);
    else
      for (const [index, each] of value.entries())
        checkAttribute(schema, { ...attribute, is_array: false }, each, `${at}[${index}]`, profiles, faults);
    return;
  }
  if (attribute.type === 'object_t') {
    if (!isMap(value)) faults.push(`${at} is no object`);
    else if (attribute.object_type !== 'object')
      check(schema, schema.objects[attribute.object_type!]!, value, at, profiles, faults);
    return;
  }
  const isRight = scalars[attribute.type] ?? ((each: unknown) => typeof each === 'string');
  if (!isRight(value)) faults.push(`${at} is no ${attribute.type}`);
  else if (attribute.enum !== undefined && !(String(value) in attribute.enum)) faults.push(`${at} is not in its enum`);
}

function evidenceOf(change: Partial<Slots> = {}): Evidence {
  const slots = Object.assign(new Slots(), {
    activity_name: 'query',
    'metadata.event_code': 'RestApi',
    'metadata.tenant_uid': '00D000000000001AAA',
    'actor.user.uid': '005000000000001AAA',
    'actor.app_name': 'Chat',
    'actor.session.uid': 'abc',
    'src_endpoint.ip': '198.51.100.7',
    'src_endpoint.location.country': 'FR',
    'src_endpoint.autonomous_system.number': 64496,
    'http_request.user_agent': 'x/1',
    'http_request.http_method': 'GET',
    'http_request.url.path': '/services/data/v60.0/query',
    'http_response.code': 200,
    'api.operation': 'query',
    'api.service.name': 'REST',
    'api.version': '60.0',
    'resources.type': ['Contact'],
    'unmapped.rows': 2000,
    ...change,
  });
  return {
    key: 'k1',
    time: 1_700_000_000_000,
    arrivedAt: 1_700_000_001_000,
    source: 'salesforce-event-log-file',
    origin: { file: 'a.csv', offset: 12, bytes: 34 },
    raw: '"RestApi","…"',
    slots,
  };
}

function findingOf(evidence: readonly Evidence[]): Finding {
  const grant = { key: 'Chat@005', appUid: undefined, appName: 'Chat', userUid: '005', userName: undefined };
  return {
    key: 'f1',
    rule: { name: 'some-rule', id: 'c0ffee', title: 'A rule', techniques: ['T1528', 'T1550.001'] },
    level: 'high',
    grant,
    otherGrants: [],
    firstAt: 1_700_000_000_000,
    lastAt: 1_700_000_000_000,
    raisedAt: 1_700_000_001_000,
    evidence,
    evidenceCount: evidence.length,
    explanation: 'Because.',
    advice: 'Do this.',
    history: 'known',
  };
}

function incidentOf(finding: Finding, state: Incident['state']): Incident {
  return {
    id: 'inc-00000000',
    title: 'Chat of 005: a rule',
    state,
    level: 'critical',
    firstAt: 1,
    lastAt: 2,
    openedAt: 3,
    openedByEventAt: 2,
    grants: [finding.grant],
    techniques: finding.rule.techniques,
    rows: { atLeast: 5, atMost: undefined },
    findings: [finding],
    summary: 'What happened.',
    advice: ['First.', 'Second.'],
  };
}

test('the validator passes the published minimal examples and sees them broken', { skip }, () => {
  const schema = readCorpus('ocsf-1.8.0-compiled.json') as Schema;
  const examples = Object.entries(readCorpus('minimal-examples.json') as Record<string, Json>);
  assert.ok(examples.length >= 5);
  for (const [name, event] of examples) assert.deepEqual(validate(schema, event), [], name);
  const event = (readCorpus('minimal-examples.json') as Record<string, Json>)['authentication']!;
  const broken: readonly [Json, RegExp][] = [
    [{ ...event, user: undefined }, /user is required/],
    [{ ...event, nonsense: 1 }, /nonsense is unknown/],
    [{ ...event, severity_id: 42 }, /severity_id is not in its enum/],
    [{ ...event, time: 'today' }, /time is no timestamp_t/],
    [{ ...event, user: {} }, /user needs one of/],
    [{ ...event, src_endpoint: { ip: 'Salesforce.com IP' } }, /src_endpoint.ip is no ip_t/],
    [{ ...event, is_suspected_breach: true }, /is_suspected_breach is unknown/],
  ];
  for (const [value, expected] of broken) assert.match(validate(schema, value).join('\n'), expected);
});

test('findings and incidents are valid Detection Findings', { skip }, () => {
  const schema = readCorpus('ocsf-1.8.0-compiled.json') as Schema;
  const bare = { ...evidenceOf(), slots: new Slots() };
  const own = evidenceOf({ 'src_endpoint.ip': 'Salesforce.com IP', 'api.operation': undefined });
  const finding = findingOf([evidenceOf(), own, bare]);
  assert.deepEqual(validate(schema, findingToOcsf(finding, '0.1.0')), []);
  for (const state of ['open', 'contained', 'scoped', 'notified', 'closed'] as const)
    assert.deepEqual(validate(schema, incidentToOcsf(incidentOf(finding, state), '0.1.0')), [], state);
});

test('evidence names the line, who and from where, and leaves out what is not known', () => {
  const evidence = evidenceToOcsf(evidenceOf());
  assert.deepEqual(evidence['src_endpoint'], {
    ip: '198.51.100.7',
    location: { country: 'FR' },
    autonomous_system: { number: 64496 },
  });
  assert.equal((evidence['data'] as Json)['raw'], '"RestApi","…"');
  assert.ok(!('http_response' in evidenceToOcsf({ ...evidenceOf(), slots: new Slots() })));
});

test('a sub-technique stands with its technique', () => {
  const ocsf = findingToOcsf(findingOf([evidenceOf()]), '0.1.0');
  assert.deepEqual((ocsf['finding_info'] as Json)['attacks'], [
    { technique: { uid: 'T1528' } },
    { technique: { uid: 'T1550' }, sub_technique: { uid: 'T1550.001' } },
  ]);
});
