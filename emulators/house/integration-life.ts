import { type Random, randomOf } from '#lib/random.ts';
import { type Act, type Caller, createSerials } from './acts.ts';
import { bulkQuery } from './bulk-query.ts';
import { busyness, dayMs, hourMs, minuteMs, shopRhythm } from './calendar.ts';
import { integrationCaller, sessionStart } from './callers.ts';
import { keyPrefixes, populations } from './customers.ts';
import type { House } from './house.ts';
import type { Job } from './integration-kinds.ts';
import type { Integration } from './integrations.ts';
import { salesforceId } from './salesforce-id.ts';

/**
 * What all integrations do in the hour from `hour` on, in no order. `share` thins the calls of each run and rhythm;
 * every run of every integration still happens.
 */
export function* integrationHour(house: House, hour: number, share: number): Generator<Act> {
  for (const integration of house.integrations) yield* integrationActs(house, integration, hour, share);
}

/** The same of one integration. */
export function* integrationActs(house: House, integration: Integration, hour: number, share: number): Generator<Act> {
  yield* signIns(house, integration, hour);
  for (const [number, job] of integration.jobs.entries()) {
    if (job.rhythm !== 'runs') {
      yield* rhythmHour(house, integration, job, number, hour, share);
      continue;
    }
    for (const start of runStarts(job, hour)) {
      for (const act of run(house, integration, job, number, start, share)) {
        if (act.time >= hour && act.time < hour + hourMs) yield act;
      }
    }
  }
}

function* signIns(house: House, integration: Integration, hour: number): Generator<Act> {
  const start = sessionStart(integration, hour + hourMs - 1);
  if (start < hour) return;
  const serial = createSerials(stretchOf(integration, 6, start))();
  const caller = integrationCaller(house, integration, start);
  yield { kind: 'sign-in', time: start, serial, caller, way: 'oauth', succeeded: true };
}

/** Numbers the stretches of serials: hours since 1970 need 19 bits, integrations 6, their jobs 3. */
const stretchOf = (integration: Integration, job: number, time: number): number =>
  2 ** 19 * (8 + integration.index * 8 + job) + Math.floor(time / hourMs);

/** Starts of the runs that have work in the hour: those begun in it, and those begun before and not yet through. */
function* runStarts(job: Job, hour: number): Generator<number> {
  const every = job.everyMinutes * minuteMs;
  const offset = job.offsetMinutes * minuteMs;
  const earliest = hour - (job.runMinutes + 1) * minuteMs;
  for (let start = Math.ceil((earliest - offset) / every) * every + offset; start < hour + hourMs; start += every) {
    if (job.weekday === undefined || new Date(start).getUTCDay() === job.weekday) yield start;
  }
}

function* run(
  house: House,
  integration: Integration,
  job: Job,
  number: number,
  start: number,
  share: number,
): Generator<Act> {
  const random = randomOf(house.seed, 'run', integration.index, number, start);
  const firstSerial = (Math.floor(start / minuteMs) % 60) * 0x1000;
  const serial = createSerials(stretchOf(integration, number, start), firstSerial);
  const caller = integrationCaller(house, integration, sessionStart(integration, start));
  const soql = job.soql.replace('{since}', new Date(start - job.everyMinutes * minuteMs).toISOString());
  if (job.by === 'bulk' || job.by === 'bulk-tidy') {
    const rows = random.integer(...job.rows);
    const completedAt = start + Math.floor(job.runMinutes * minuteMs * (0.6 + 0.2 * random.fraction()));
    const fetchedAt = start + job.runMinutes * minuteMs - random.integer(1000, 9000);
    const deletedAt = job.by === 'bulk-tidy' ? fetchedAt + random.integer(400, 5000) : undefined;
    const query = { caller, object: job.object, soql, rows, createdAt: start, completedAt, fetchedAt, deletedAt };
    yield* bulkQuery({ ...query, pageRows: 50_000 }, serial);
    return;
  }
  const calls = Math.max(1, Math.round(random.integer(...job.calls) * share));
  const apart = (job.runMinutes * minuteMs) / calls;
  const locator = salesforceId('01g', Math.floor(start / minuteMs) * 64 + integration.index);
  for (let page = 0; page < calls; page++) {
    const time = start + Math.floor((page + 0.9 * random.fraction()) * apart);
    yield call(house, job, caller, time, serial(), random, soql, page === 0 ? '' : `/${locator}-${page * 2000}`);
  }
}

function* rhythmHour(
  house: House,
  integration: Integration,
  job: Job,
  number: number,
  hour: number,
  share: number,
): Generator<Act> {
  const random = randomOf(house.seed, 'rhythm', integration.index, number, hour);
  const serial = createSerials(stretchOf(integration, number, hour));
  const part = job.rhythm === 'shop hours' ? shopRhythm(new Date(hour).getUTCHours()) : 1 / 24;
  const calls = random.count(job.calls[0] * part * busyness(Math.floor(hour / dayMs) * dayMs) * share);
  let caller = integrationCaller(house, integration, sessionStart(integration, hour));
  const later = integrationCaller(house, integration, sessionStart(integration, hour + hourMs - 1));
  for (let index = 0; index < calls; index++) {
    const time = hour + Math.floor(((index + random.fraction()) * hourMs) / calls);
    if (time >= later.signedInAt) caller = later;
    yield call(house, job, caller, time, serial(), random, job.soql, '');
  }
}

function call(
  house: House,
  job: Job,
  caller: Caller,
  time: number,
  serial: number,
  random: Random,
  template: string,
  page: string,
): Act {
  const { object, fields } = job;
  const rows = job.act === 'write' ? 1 : random.integer(...job.rows);
  const soql = job.act === 'query' ? filled(template, house, random) : '';
  const bytes = 180 + rows * (90 + fields * 24);
  if (job.by === 'soap') {
    const operation = job.act === 'write' ? 'create' : page === '' ? 'query' : 'queryMore';
    return { kind: 'soap-call', time, serial, caller, operation, object, rows, bytes, soql };
  }
  const recordId = (): string => salesforceId(keyPrefixes[object] ?? 'a0X', random.integer(0, populations.Case));
  const isNew = job.act === 'write' && random.chance(0.6);
  const method = job.act !== 'write' ? 'GET' : isNew ? 'POST' : 'PATCH';
  const path =
    job.act === 'query' ? `/query${page}` : isNew ? `/sobjects/${object}` : `/sobjects/${object}/${recordId()}`;
  return { kind: 'rest-call', time, serial, caller, method, path, object, rows, fields, bytes, soql };
}

/** A query about one customer names one: `{key}` an e-mail address, `{phone}` a number, `{id}` an id. */
function filled(template: string, house: House, random: Random): string {
  const hole = /\{(key|phone|id)\}/.exec(template);
  if (hole === null) return template;
  const contact = house.contact(random.integer(0, populations.Contact - 1));
  const value = hole[1] === 'key' ? contact.email : hole[1] === 'phone' ? contact.phone : contact.id;
  return template.replace(hole[0], value);
}
