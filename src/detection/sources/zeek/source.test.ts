import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, Reading } from '#model/source.ts';
import { source } from './source.ts';

function read(record: JsonObject): Reading {
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

const ends = { uid: 'C1', 'id.orig_h': '10.0.0.1', 'id.orig_p': 50123, 'id.resp_h': '203.0.113.5', 'id.resp_p': 443 };

test('a connection is an event of its end, with its bytes by direction', () => {
  const { time, slots } = read({
    ts: 1795946400.5,
    ...ends,
    proto: 'tcp',
    conn_state: 'SF',
    duration: 3600.25,
    orig_bytes: 1_000,
    resp_bytes: 2_000_000,
    orig_ip_bytes: 1_400,
  });
  assert.equal(time, 1795946400_500 + 3_600_250);
  assert.equal(slots['metadata.event_code'], 'conn');
  assert.equal(slots.activity_name, 'network-connection');
  assert.equal(slots['traffic.bytes_out'], 1_000);
  assert.equal(slots['traffic.bytes_in'], 2_000_000);
  assert.equal(slots['unmapped.connection.duration_ms'], 3_600_250);
  assert.equal(slots['dst_endpoint.port'], 443);
  assert.equal(slots['metadata.correlation_uid'], 'C1');
});

test('which log it is, its path says or its fields do', () => {
  const kinds: readonly [string, JsonObject][] = [
    ['conn', { ...ends, conn_state: 'S0' }],
    ['dns', { ...ends, trans_id: 1, query: 'a.example' }],
    ['http', { ...ends, trans_depth: 1, method: 'GET' }],
    ['smtp', { ...ends, trans_depth: 1, helo: 'a' }],
    ['ssl', { ...ends, version: 'TLSv13', cipher: 'x', established: true }],
    ['kerberos', { ...ends, request_type: 'TGS', cipher: 'rc4-hmac' }],
    ['rdp', { ...ends, cookie: 'a', result: 'Success' }],
    ['dce_rpc', { ...ends, endpoint: 'svcctl', operation: 'CreateServiceW' }],
    ['smb_files', { ...ends, action: 'SMB::FILE_OPEN', path: '\\\\host\\IPC$', name: 'atsvc' }],
    ['smb_mapping', { ...ends, path: '\\\\host\\IPC$', share_type: 'PIPE' }],
    ['ssh', { ...ends, auth_attempts: 1 }],
    ['quic', { ...ends, client_initial_dcid: 'x', server_name: 'a.example' }],
    ['files', { fuid: 'F1', source: 'HTTP' }],
    ['x509', { 'certificate.serial': '8BB00EE' }],
    ['notice', { note: 'SSL::Invalid_Server_Cert', msg: 'x' }],
    ['weird', { name: 'dns_unmatched_reply', notice: false }],
    ['connection', { ...ends, something: 'new' }],
    ['capture_loss', { _path: 'capture_loss', gaps: 1 }],
  ];
  for (const [kind, record] of kinds) {
    const dated = { ts: 1795946400, ...record };
    assert.ok(source.acceptsObject!(dated), kind);
    assert.equal(read(dated).slots['metadata.event_code'], kind);
  }
  for (const other of [{}, { ts: 1 }, { ts: 1, name: 'x' }, { ts: 1, _path: '../x' }, { uid: 'C1', conn_state: 'SF' }])
    assert.ok(!source.acceptsObject!(other), JSON.stringify(other));
});

test('times are read however the sensor was told to write them', () => {
  for (const ts of [1795946400.123456, '1795946400.123456', 1795946400123, '2026-11-29T10:00:00.123456Z'])
    assert.equal(read({ _path: 'weird', ts }).time, Date.UTC(2026, 10, 29, 10, 0, 0, 123), String(ts));
  for (const ts of ['soon', -1, Number.NaN, null, 1e300, '2026-11-29T10:00:00'])
    assert.ok('invalid' in source.readObject!({ _path: 'weird', ts }), String(ts));
});

test('a request has its address in parts, a handshake its name, a lookup its answers', () => {
  const { slots: request } = read({
    ts: 1,
    ...ends,
    trans_depth: 1,
    method: 'GET',
    host: 'Brand.my.Salesforce.com:8080',
    uri: '/a/report.CSV?x=1&y=/z.exe',
    status_code: 404,
    user_agent: 'curl/8',
  });
  assert.equal(request['dst_endpoint.hostname'], 'brand.my.salesforce.com');
  assert.equal(request['http_request.url.url_string'], 'http://brand.my.salesforce.com/a/report.CSV?x=1&y=/z.exe');
  assert.equal(request['http_request.url.path'], '/a/report.CSV');
  assert.equal(request['http_request.url.query_string'], 'x=1&y=/z.exe');
  assert.equal(request['unmapped.http_request.url.extension'], 'csv');
  assert.equal(request.status_id, 2);
  const { slots: handshake } = read({
    ts: 1,
    ...ends,
    established: true,
    server_name: 'Login.salesforce.com',
    ja3: 'aa',
  });
  assert.equal(handshake['tls.sni'], 'Login.salesforce.com');
  assert.equal(handshake['dst_endpoint.hostname'], 'login.salesforce.com');
  assert.equal(handshake['tls.ja3_hash.value'], 'aa');
  const { slots: lookup } = read({
    ts: 1,
    ...ends,
    trans_id: 1,
    query: 'A.example',
    answers: ['192.0.2.1', 'b.example'],
  });
  assert.equal(lookup['query.hostname'], 'a.example');
  assert.deepEqual(lookup['answers.rdata'], ['192.0.2.1', 'b.example']);
});

test('ends are found where connectors put them', () => {
  const nested = { ts: 1, _path: 'ssh', id: { orig_h: '10.0.0.1', resp_h: '10.0.0.2', resp_p: 22 } };
  const flat = { ts: 1, _path: 'ssh', id_orig_h: '10.0.0.1', id_resp_h: '10.0.0.2', id_resp_p: 22 };
  for (const record of [nested, flat]) {
    assert.equal(read(record).slots['src_endpoint.ip'], '10.0.0.1');
    assert.equal(read(record).slots['dst_endpoint.port'], 22);
  }
});

const head = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\t2026-11-29-10-00-00',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tconn_state\tlocal_orig\ttunnel_parents\tnote',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tstring\tbool\tset[string]\tstring',
];

test('a row of the tab-separated form is the record that JSON would be', () => {
  const lines = source.readLines!(head);
  assert.ok(lines);
  const row =
    '1795946400.500000\tC1\t10.0.0.1\t50123\t203.0.113.5\t443\ttcp\t-\t18446744073709551615\tSF\tT\tA1,B2\ta\\x09b\\xc3\\xa9\\\\x';
  assert.ok(lines.accepts(row));
  assert.ok(!lines.accepts(`${row}\tmore`));
  assert.deepEqual(lines.fields(row), {
    _path: 'conn',
    ts: 1795946400.5,
    uid: 'C1',
    'id.orig_h': '10.0.0.1',
    'id.orig_p': 50123,
    'id.resp_h': '203.0.113.5',
    'id.resp_p': 443,
    proto: 'tcp',
    orig_bytes: '18446744073709551615',
    conn_state: 'SF',
    local_orig: true,
    tunnel_parents: ['A1', 'B2'],
    note: 'a\tbé\\x',
  });
  const reading = lines.read(row);
  assert.ok(!('invalid' in reading));
  assert.equal(reading.slots['metadata.event_code'], 'conn');
});

test('directives that are not Zeek’s are nobody’s rows', () => {
  for (const directives of [
    [],
    ['#Fields: date time'],
    ['#separator \\x09'],
    ['#separator ', '#fields\tts'],
    ['#fields\tts'],
  ])
    assert.equal(source.readLines!(directives), undefined, directives.join());
});
