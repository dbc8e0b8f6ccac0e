import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './source.ts';

const lines = source.readLines!([])!;

const told: readonly (readonly [line: string, product: string, service: string, user?: string])[] = [
  [
    '2026-11-23T10:00:00Z r1 45: *Nov 23 10:00:00.1: %PARSER-5-CFGLOG_LOGGEDCMD: User:Ops  logged command:show running-config',
    'Cisco',
    'aaa',
    'ops',
  ],
  [
    '2026-11-23T10:00:00+01:00 tac1 10.0.0.1 user=ops stop task_id=7 service=shell priv-lvl=15 cmd=show startup-config <cr>',
    'Cisco',
    'aaa',
    'ops',
  ],
  [
    '<187>1 2026-11-23T10:00:00.123Z r1 - - - - %TCP-6-BADAUTH: No MD5 digest from 192.0.2.1(179) to 192.0.2.2(31415)',
    'Cisco',
    'bgp',
  ],
  [
    '2026-11-23T10:00:00Z r1 : %IP-TCP-3-BADAUTH: Invalid MD5 digest from 192.0.2.1:179 to 192.0.2.2:31415',
    'Cisco',
    'bgp',
  ],
  ['2026-11-23T10:00:00Z r1 LC/0: tcp[1]: %LDP-3-TCPMD5AuthenFail: x', 'Cisco', 'ldp'],
  [
    '2026-11-23T10:00:00Z r1 %LINK-5-CHANGED: Interface Gi0/1, changed state to administratively down',
    'Cisco',
    'system',
  ],
  [
    '<188>1 2026-11-23T10:00:00Z ne1 - - - - %%01BGP/3/BGP_AUTH_FAILED(l)[7]:BGP session (192.0.2.1:179) failed',
    'Huawei',
    'bgp',
  ],
  ['2026-11-23T10:00:00Z mx1 /kernel: tcp_auth_ok: Packet from 192.0.2.1:179 missing MD5 digest', 'Juniper', 'bgp'],
];

test('each device is known by its own marks, and its messages by service', () => {
  for (const [line, product, service, user] of told) {
    assert.ok(lines.accepts(line), line);
    const reading = lines.read(line);
    assert.ok(!('invalid' in reading), line);
    assert.deepEqual(
      [reading.slots['metadata.product.name'], reading.slots['metadata.event_code'], reading.slots['actor.user.name']],
      [product, service, user],
      line,
    );
  }
});

test('a line that says no year is set aside and says so; lines of other programs are nobody’s', () => {
  const undated = lines.read('<187>45: *Nov 23 10:00:00.1: %SYS-5-CONFIG_I: Configured from console');
  assert.ok(lines.accepts('<187>45: *Nov 23 10:00:00.1: %SYS-5-CONFIG_I: Configured from console'));
  assert.match('invalid' in undated ? undated.invalid : '', /no year/);
  for (const other of ['2026-11-23T10:00:00Z host sshd[1]: Accepted password', '%SYS-5-CONFIG_I: no heading', ''])
    assert.ok(!lines.accepts(other), other);
});
