import {
  blueCoatHead,
  blueCoatRow,
  deviceLine,
  eventLogHeader,
  eventLogObject,
  eventLogRow,
  fortigateLine,
  graphAlert,
  loginHistory,
  oktaEvent,
  realTimeEvent,
  setupAuditTrail,
  squidLine,
  suricataEvent,
  zeekHead,
  zeekObject,
  zeekRow,
} from './sample-records.ts';

/** A valid log: its bytes, and where each record stands in them. */
export interface SampleLog {
  readonly bytes: Buffer;
  readonly records: readonly { readonly offset: number; readonly bytes: number }[];
  /** Bytes before the first record that the rest cannot be read without: a CSV header. */
  readonly headBytes: number;
}

/** What stands before, between and behind the records of a shape. */
interface Shape {
  readonly head: string;
  readonly between: string;
  readonly tail: string;
  readonly write: (record: unknown) => string;
}

const line = (record: unknown): string => JSON.stringify(record);
const pretty = (record: unknown): string => JSON.stringify(record, null, 2);

const jsonShapes: Record<string, Shape> = {
  lines: { head: '', between: '\n', tail: '\n', write: line },
  'carriage-return lines': { head: '', between: '\r\n', tail: '', write: line },
  'pretty objects': { head: '', between: '\n', tail: '\n', write: pretty },
  'array on one line': { head: '[', between: ',', tail: ']', write: line },
  'array of lines': { head: '[\n', between: ',\n', tail: '\n]\n', write: line },
  'pretty array': { head: '[\n  ', between: ',\n  ', tail: '\n]\n', write: pretty },
  'query result': { head: '{"totalSize":9,"done":true,"records":[', between: ',', tail: ']}', write: line },
  'pretty query result': {
    head: '{\n "totalSize": 9,\n "records": [\n',
    between: ',\n',
    tail: '\n ],\n "done": true\n}\n',
    write: pretty,
  },
  'event hook': {
    head: '{"eventType":"com.okta.event_hook","data":{"events":[',
    between: ',',
    tail: ']},"eventId":"1"}',
    write: line,
  },
};

const objects: Record<string, (index: number) => object> = {
  'salesforce-event-log-file': eventLogObject,
  'salesforce-real-time-event': realTimeEvent,
  'salesforce-login-history': loginHistory,
  'salesforce-setup-audit-trail': setupAuditTrail,
  'okta-system-log': oktaEvent,
  'suricata-eve': suricataEvent,
  'microsoft-graph-alert': graphAlert,
  zeek: zeekObject,
};

const header = eventLogHeader.map((name) => `"${name}"`).join(',');
const csvShapes: Record<string, Shape> = {
  'CSV rows': { head: `${header}\n`, between: '\n', tail: '\n', write: String },
  'CSV rows with carriage returns': { head: `\ufeff${header}\r\n`, between: '\r\n', tail: '', write: String },
};

const lineShapes: readonly (readonly [string, Shape, (index: number) => string])[] = [
  ['zeek as rows', { head: zeekHead, between: '\n', tail: '\n#close\t2026-03-29\n', write: String }, zeekRow],
  ['proxy-access-log as W3C rows', { head: blueCoatHead, between: '\r\n', tail: '', write: String }, blueCoatRow],
  ['proxy-access-log as Squid lines', { head: '', between: '\n', tail: '\n', write: String }, squidLine],
  ['fortigate as lines', { head: '', between: '\n', tail: '\n', write: String }, fortigateLine],
  ['network-device-syslog as lines', { head: '', between: '\r\n', tail: '\r\n', write: String }, deviceLine],
];

export interface NamedShape {
  readonly name: string;
  readonly build: (count: number) => SampleLog;
}

/** Every source in every shape it comes in. */
export const logShapes: readonly NamedShape[] = [
  ...Object.entries(csvShapes).map(([name, shape]) => ({
    name: `salesforce-event-log-file as ${name}`,
    build: (count: number) => build(shape, eventLogRow, count, Buffer.byteLength(shape.head)),
  })),
  ...lineShapes.map(([name, shape, record]) => ({
    name,
    build: (count: number) => build(shape, record, count, Buffer.byteLength(shape.head)),
  })),
  ...Object.entries(objects).flatMap(([source, record]) =>
    Object.entries(jsonShapes).map(([name, shape]) => ({
      name: `${source} as ${name}`,
      build: (count: number) => build(shape, record, count, 0),
    })),
  ),
];

function build(shape: Shape, record: (index: number) => unknown, count: number, headBytes: number): SampleLog {
  const parts = [Buffer.from(shape.head)];
  let offset = parts[0]!.length;
  const between = Buffer.from(shape.between);
  const records = [];
  for (let index = 0; index < count; index++) {
    if (index > 0) {
      parts.push(between);
      offset += between.length;
    }
    const bytes = Buffer.from(shape.write(record(index)));
    parts.push(bytes);
    records.push({ offset, bytes: bytes.length });
    offset += bytes.length;
  }
  parts.push(Buffer.from(shape.tail));
  return { bytes: Buffer.concat(parts), records, headBytes };
}
