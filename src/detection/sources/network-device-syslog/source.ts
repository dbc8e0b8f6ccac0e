import { parseInstant } from '#lib/instant.ts';
import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, LineFormat, Reading, Source } from '#model/source.ts';
import { printLine } from '../line-print.ts';
import { identifyMessage, type Message } from './identify-message.ts';

interface Line extends Message {
  readonly time: number;
  readonly host: string | undefined;
}

/**
 * A line of syslog as RFC 5424 writes it, or as collectors write RFC 3164 with a full date. A date without year and zone
 * (`Nov 23 10:00:00`) says no instant: such a line is set aside with that reason, and the collector has to be told.
 */
const heading = /^(?:<\d{1,3}>)?(?:1 )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (\S{1,255}) /;
const bareHeading = /^(?:<\d{1,3}>)?(?:\d+: )?[*.]?[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d/;

function readHeading(line: string): Omit<Line, keyof Message> | undefined {
  const [, stated = '', host] = heading.exec(line) ?? [];
  const time = parseInstant(stated);
  return time === undefined ? undefined : { time, host };
}

const accepts = (line: string): boolean =>
  (heading.test(line) || bareHeading.test(line)) && identifyMessage(line) !== undefined;

function read(line: string): Reading | Invalid {
  const begun = readHeading(line);
  if (begun === undefined) return { invalid: 'the time has no year or no zone, expected 2026-11-23T10:00:00Z' };
  const message = identifyMessage(line);
  if (message === undefined) return { invalid: 'no message of a network device that is known' };
  const slots = new NetworkSlots();
  slots['metadata.product.name'] = message.product;
  slots['metadata.event_code'] = message.service;
  slots.status_detail = message.mnemonic;
  slots['actor.user.name'] = message.user;
  slots['entity.name'] = begun.host;
  slots.activity_name = message.service === 'aaa' ? 'setting-change' : 'other';
  return { time: begun.time, key: printLine(line, begun.time), slots };
}

const fields = (line: string): JsonObject => ({ message: line, ...identifyMessage(line) });

const format: LineFormat = { accepts, read, fields };

/** Routers and switches by syslog: Cisco IOS, Huawei VRP, Junos. What they say is told by service, the words stay as they are. */
export const source: Source = {
  name: 'network-device-syslog',
  title: 'Network devices by syslog (Cisco, Huawei, Juniper)',
  lag: 'seconds',
  longestLagMs: 15 * 60_000,
  readLines: (directives) => (directives.length === 0 ? format : undefined),
};
