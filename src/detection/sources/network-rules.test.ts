import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Event } from '#model/event.ts';
import { compileRules } from '#sigma/sigma.ts';
import { eventKind } from '../rules/event-kind.ts';
import { findSources } from './find-sources.ts';
import { readRecords } from './read-records.ts';

const folder = new URL('../../../../shared/data/detection/sigmahq-cloud-rules/network/', import.meta.url);
const skip = existsSync(folder) ? false : 'no corpus';
const names = ['fortigate', 'network-device-syslog', 'proxy-access-log', 'suricata-eve', 'zeek'];
const sources = await findSources();

const pipelines = names.map((name) => ({
  source: name,
  name: `${name}/sigma.yml`,
  text: readFileSync(new URL(`${name}/sigma.yml`, import.meta.url), 'utf8'),
}));

const proxyRule = `
title: Program from a share
id: 00000000-0000-4000-8000-000000000001
logsource: { category: proxy }
detection:
  it:
    c-uri-extension: exe
    c-uri|contains: 'http://drop.example/'
    c-useragent|startswith: curl
    cs-method: GET
    r-dns: drop.example
    sc-status: 200
  condition: it
`;

const noAgentRule = `
title: Request without a user agent
id: 00000000-0000-4000-8000-000000000002
logsource: { category: proxy }
detection:
  it: { c-useragent: '' }
  condition: it
`;

function compile() {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yml'))
        .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
    : [];
  const compiled = compileRules(
    [...files, { name: 'proxy.yml', text: proxyRule }, { name: 'agent.yml', text: noAgentRule }],
    {
      kind: eventKind,
      sources: pipelines.map(({ source, ...pipeline }) => ({ source, pipeline })),
    },
  );
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure, undefined, 1));
  return compiled.value;
}

async function read(text: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const spans of readRecords([Buffer.from(text)], { file: '', sources }))
    for (const span of spans) {
      assert.ok(span.fate === 'accepted' || span.fate === 'frame', JSON.stringify(span));
      if (span.fate === 'accepted') events.push(span.event);
    }
  return events;
}

const ends = { uid: 'C1', 'id.orig_h': '10.0.0.1', 'id.orig_p': 50123, 'id.resp_h': '203.0.113.5', 'id.resp_p': 80 };
const zeek = (path: string, fields: object): string =>
  `${JSON.stringify({ _path: path, ts: 1795946400, ...ends, ...fields })}\n`;
const suricata = (type: string, fields: object): string =>
  `${JSON.stringify({ timestamp: '2026-11-23T10:00:00.000000+0000', event_type: type, src_ip: '10.0.0.1', dest_ip: '203.0.113.5', ...fields })}\n`;
const blueCoat =
  '#Fields: date time c-ip s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-path cs-uri-extension cs(User-Agent)\n';

/** Log text, and the titles of the rules that fire on it. */
const cases: readonly (readonly [what: string, log: string, fired: readonly string[]])[] = [
  [
    'DCE/RPC',
    zeek('dce_rpc', { endpoint: 'x', operation: 'EfsRpcOpenFileRaw' }),
    ['Potential PetitPotam Attack Via EFS RPC Calls'],
  ],
  ['the same words in another log', zeek('http', { operation: 'EfsRpcOpenFileRaw', trans_depth: 1 }), []],
  ['a certificate', zeek('x509', { 'certificate.serial': '8BB00EE' }), ['Default Cobalt Strike Certificate']],
  ['RDP from outside', zeek('rdp', { 'id.orig_h': '198.51.100.1' }), ['Publicly Accessible RDP Service']],
  ['RDP from inside', zeek('rdp', {}), []],
  ['a connection from outside is no RDP', zeek('conn', { 'id.orig_h': '198.51.100.1', conn_state: 'SF' }), []],
  ['a lookup, by Zeek', zeek('dns', { query: 'api.telegram.org', Z: 0 }), ['Telegram Bot API Request']],
  [
    'Kerberos',
    zeek('kerberos', { request_type: 'TGS', cipher: 'rc4-hmac', service: 'cifs/a' }),
    ['Kerberos Network Traffic RC4 Ticket Encryption'],
  ],
  [
    'WebDAV',
    zeek('http', { method: 'PUT', user_agent: 'Microsoft-WebDAV', host: 'a.example', uri: '/x' }),
    ['WebDav Put Request'],
  ],
  [
    'an executable by WebDAV',
    zeek('http', { user_agent: 'Microsoft-WebDAV', uri: '/a.exe' }),
    ['Executable from Webdav'],
  ],
  [
    'a program from a share, by Zeek',
    zeek('http', { method: 'GET', user_agent: 'curl/8', host: 'drop.example', uri: '/x.exe', status_code: 200 }),
    ['Program from a share'],
  ],
  [
    'by Suricata',
    suricata('http', {
      http: { http_method: 'GET', http_user_agent: 'curl/8', hostname: 'drop.example', url: '/x.exe', status: 200 },
    }),
    ['Program from a share'],
  ],
  [
    'by Blue Coat',
    `${blueCoat}2026-11-23 10:00:00 10.0.0.1 TCP_MISS 200 GET http drop.example /x.exe exe curl/8\n`,
    ['Program from a share'],
  ],
  [
    'by a proxy, another method',
    `${blueCoat}2026-11-23 10:00:00 10.0.0.1 TCP_MISS 200 POST http drop.example /x.exe exe curl/8\n`,
    [],
  ],
  ['an empty user agent, by Zeek', zeek('http', { user_agent: '', method: 'GET' }), ['Request without a user agent']],
  ['a user agent that Zeek does not tell', zeek('http', { method: 'GET' }), []],
  ['by Suricata, empty', suricata('http', { http: { http_user_agent: '' } }), ['Request without a user agent']],
  [
    'by Blue Coat, none',
    `${blueCoat}2026-11-23 10:00:00 10.0.0.1 TCP_MISS 200 GET http drop.example /x.txt txt -\n`,
    ['Request without a user agent'],
  ],
  [
    'a new administrator of a firewall',
    'date=2026-11-23 time=10:00:00 logid="0100044547" type="event" action="Add" cfgpath="user.local"\n',
    ['FortiGate - New Local User Created'],
  ],
  [
    'clear text through a firewall',
    'date=2026-11-23 time=10:00:00 logid="0000000013" type="traffic" action="accept" dstport=23\n',
    ['Cleartext Protocol Usage'],
  ],
  [
    'encrypted text through a firewall',
    'date=2026-11-23 time=10:00:00 logid="0000000013" type="traffic" action="accept" dstport=443\n',
    [],
  ],
  [
    'Cisco, what was typed',
    '2026-11-23T10:00:00Z r1 1: %PARSER-5-CFGLOG_LOGGEDCMD: User:ops  logged command:show running-config\n',
    ['Cisco Collect Data'],
  ],
  ['Cisco, a port that goes down', '2026-11-23T10:00:00Z r1 1: %LINK-5-CHANGED: Interface Gi0/1 shutdown\n', []],
  [
    'Cisco, BGP',
    '2026-11-23T10:00:00Z r1 1: %IP-TCP-3-BADAUTH: Invalid MD5 digest from 192.0.2.1:179 to 192.0.2.2:31415\n',
    ['Cisco BGP Authentication Failures'],
  ],
  [
    'Huawei, BGP',
    '2026-11-23T10:00:00Z ne1 %%01BGP/3/BGP_AUTH_FAILED(l)[7]:session 192.0.2.1:179 failed\n',
    ['Huawei BGP Authentication Failures'],
  ],
  [
    'Juniper, BGP',
    '2026-11-23T10:00:00Z mx1 /kernel: tcp_auth_ok: Packet from 192.0.2.1:179 missing MD5 digest\n',
    ['Juniper BGP Missing MD5'],
  ],
];

test('the public rules for the network fire on what they describe, in whatever log it stands, and on nothing else', {
  skip,
}, async () => {
  for (const [what, log, fired] of cases) {
    const ruleSet = compile();
    const events = await read(log);
    const titles = events.flatMap((event) => [...ruleSet.evaluate(event)].map(({ rule }) => rule.title));
    assert.deepEqual(titles, fired, what);
  }
});

test('every public rule for the network is served by a source here', { skip }, () => {
  const { rules, notices } = compile();
  assert.ok(rules.length >= 50, `${rules.length} rules`);
  assert.deepEqual(notices, []);
});
