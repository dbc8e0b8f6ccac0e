/** Small valid records of every source, numbered so that each has a time and a key of its own. */

const start = Date.UTC(2026, 2, 29, 0, 0, 0);
const timeOf = (index: number): Date => new Date(start + index * 1500);
const salesforceTime = (index: number): string => timeOf(index).toISOString().replace('Z', '+0000');

/** Text that is awkward for a parser: quotes, commas, line ends, braces, accents, backslashes. */
const awkward = [
  'SELECT Id FROM Contact',
  'SELECT Id, Name FROM Contact WHERE Name LIKE \'%"x"%\'',
  'two\nlines, and a comma',
  'Zoë Müller — 上海',
  '{"nested": ["brace }", "quote \\""]}',
  '',
  'C:\\path\\',
  '"',
];
const wordOf = (index: number): string => awkward[index % awkward.length]!;

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

export const eventLogHeader = [
  'EVENT_TYPE',
  'TIMESTAMP',
  'REQUEST_ID',
  'ORGANIZATION_ID',
  'USER_ID',
  'RUN_TIME',
  'CPU_TIME',
  'URI',
  'SESSION_KEY',
  'LOGIN_KEY',
  'USER_TYPE',
  'REQUEST_STATUS',
  'DB_TOTAL_TIME',
  'METHOD',
  'MEDIA_TYPE',
  'STATUS_CODE',
  'USER_AGENT',
  'ROWS_PROCESSED',
  'NUMBER_FIELDS',
  'DB_BLOCKS',
  'DB_CPU_TIME',
  'REQUEST_SIZE',
  'RESPONSE_SIZE',
  'ENTITY_NAME',
  'CONNECTED_APP_ID',
  'CLIENT_NAME',
  'EXCEPTION_MESSAGE',
  'QUERY',
  'TIMESTAMP_DERIVED',
  'USER_ID_DERIVED',
  'CLIENT_IP',
  'URI_ID_DERIVED',
] as const;

function eventLogCells(index: number): readonly string[] {
  const iso = timeOf(index).toISOString();
  return [
    'RestApi',
    iso.replace(/[-:TZ]/g, ''),
    `4exLFFQZ1234xLFFQZ${index}`,
    '00D000000000001',
    '005000000000001',
    '80',
    '30',
    '/services/data/v66.0/query',
    'kKj7lsFkeXaLswuX',
    'QfNecrLXSII6fsBq',
    'Standard',
    'S',
    '52435102',
    'GET',
    'application/json',
    '200',
    'okhttp/4.9',
    String(index % 2000),
    '9',
    '12',
    '7',
    '',
    '51234',
    'Contact',
    '0H4000000000001',
    '',
    '',
    wordOf(index),
    iso,
    '005000000000001AAA',
    '198.51.100.7',
    '',
  ];
}

export const eventLogRow = (index: number): string => eventLogCells(index).map(quoted).join(',');

export const eventLogObject = (index: number): object =>
  Object.fromEntries(eventLogHeader.map((name, column) => [name.toLowerCase(), eventLogCells(index)[column]!]));

export const realTimeEvent = (index: number): object => ({
  attributes: { type: 'ApiEvent', url: `/services/data/v66.0/sobjects/ApiEvent/${index}` },
  EventDate: salesforceTime(index),
  EventIdentifier: `f0b28782-1ec2-424c-8d37-${String(index).padStart(12, '0')}`,
  UserId: '005000000000001AAA',
  Username: 'integration@example.com',
  SourceIp: '198.51.100.7',
  ApiType: 'REST',
  ApiVersion: 66,
  Application: 'Loader',
  ConnectedAppId: '0H4000000000001AAA',
  Operation: 'Query',
  Query: wordOf(index),
  QueriedEntities: 'Contact',
  RowsProcessed: index % 2000,
  RowsReturned: index % 2000,
  SessionKey: 'kKj7lsFkeXaLswuX',
  LoginKey: 'QfNecrLXSII6fsBq',
  UserAgent: 'okhttp/4.9',
});

export const loginHistory = (index: number): object => ({
  attributes: { type: 'LoginHistory', url: `/services/data/v66.0/sobjects/LoginHistory/${index}` },
  Id: `0Ya${String(index).padStart(15, '0')}`,
  LoginTime: salesforceTime(index),
  UserId: '005000000000001AAA',
  LoginType: 'Remote Access 2.0',
  Status: 'Success',
  SourceIp: '198.51.100.7',
  Application: wordOf(index) || 'Loader',
  Browser: 'Unknown',
  Platform: 'Unknown',
  ApiType: 'N/A',
  ApiVersion: 'N/A',
  ClientVersion: 'N/A',
  LoginUrl: 'login.salesforce.com',
  CountryIso: 'FR',
});

export const setupAuditTrail = (index: number): object => ({
  attributes: { type: 'SetupAuditTrail', url: `/services/data/v66.0/sobjects/SetupAuditTrail/${index}` },
  Id: `0Ym${String(index).padStart(15, '0')}`,
  CreatedById: '005000000000001AAA',
  DelegateUser: null,
  Action: 'insertConnectedApplication',
  Display: `Created connected app ${wordOf(index)}`,
  Section: 'Connected Apps',
  CreatedDate: salesforceTime(index),
});

export const oktaEvent = (index: number): object => ({
  actor: { id: '00u1', type: 'User', alternateId: 'jane@example.com', displayName: wordOf(index), detailEntry: null },
  client: {
    userAgent: { rawUserAgent: 'Mozilla/5.0', os: 'Mac OS X', browser: 'CHROME' },
    zone: 'null',
    device: 'Computer',
    id: null,
    ipAddress: '198.51.100.7',
    geographicalContext: {
      city: 'Paris',
      state: null,
      country: 'France',
      postalCode: null,
      geolocation: { lat: 48.8, lon: 2.3 },
    },
  },
  authenticationContext: { externalSessionId: 'trs1', authenticationStep: 0 },
  displayMessage: 'User login to Okta',
  eventType: 'user.session.start',
  outcome: { result: 'SUCCESS', reason: null },
  published: timeOf(index).toISOString(),
  securityContext: { asNumber: 3215, asOrg: 'orange', isp: 'orange', domain: null, isProxy: false },
  severity: 'INFO',
  debugContext: { debugData: { requestUri: '/api/v1/authn', note: wordOf(index + 3) } },
  legacyEventType: 'core.user_auth.login_success',
  transaction: { type: 'WEB', id: `W${index}`, detail: {} },
  uuid: `dc9fd3c0-598c-11ef-8478-${String(index).padStart(12, '0')}`,
  version: '0',
  request: { ipChain: [{ ip: '198.51.100.7', geographicalContext: null, version: 'V4', source: null }] },
  target: [
    { id: '0oa1', type: 'AppInstance', alternateId: 'Salesforce', displayName: 'Salesforce', detailEntry: null },
  ],
});

const secondsOf = (index: number): number => timeOf(index).getTime() / 1000;

export const zeekHead = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\thttp',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\tmethod\thost\turi\ttags',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tcount\tstring\tstring\tstring\tset[enum]',
]
  .map((line) => `${line}\n`)
  .join('');

/** As Zeek writes text: backslashes doubled, control characters as `\x0a`. */
const zeekText = (text: string): string =>
  text === '' ? '-' : text.replaceAll('\\', '\\\\').replaceAll('\n', '\\x0a').replaceAll('\t', '\\x09');

export const zeekRow = (index: number): string =>
  [
    secondsOf(index).toFixed(6),
    `C${index}`,
    '10.0.0.1',
    '50123',
    '203.0.113.5',
    '80',
    '1',
    'GET',
    'shop.example',
    zeekText(wordOf(index)),
    '(empty)',
  ].join('\t');

export const zeekObject = (index: number): object => ({
  ts: secondsOf(index),
  uid: `C${index}`,
  'id.orig_h': '10.0.0.1',
  'id.orig_p': 50123,
  'id.resp_h': '203.0.113.5',
  'id.resp_p': 80,
  trans_depth: 1,
  method: 'GET',
  host: 'shop.example',
  uri: wordOf(index),
  resp_mime_types: ['text/html'],
});

export const suricataEvent = (index: number): object => ({
  timestamp: timeOf(index).toISOString().replace('Z', '000+0000'),
  flow_id: 1_000_000 + index,
  event_type: 'http',
  src_ip: '10.0.0.1',
  src_port: 50123,
  dest_ip: '203.0.113.5',
  dest_port: 80,
  proto: 'TCP',
  http: { hostname: 'shop.example', url: wordOf(index), http_method: 'GET', status: 200, length: index },
});

export const graphAlert = (index: number): object => ({
  id: `alert-${index}`,
  status: 'new',
  severity: 'high',
  serviceSource: 'microsoft365Defender',
  title: wordOf(index),
  createdDateTime: timeOf(index).toISOString(),
  evidence: [
    {
      '@odata.type': '#microsoft.graph.security.userEvidence',
      userAccount: { userPrincipalName: 'anna@house.example', displayName: wordOf(index) },
    },
  ],
});

export const squidLine = (index: number): string =>
  `${secondsOf(index).toFixed(3)} ${index} 10.0.0.1 TCP_MISS/200 812 GET http://shop.example/${index} - HIER_DIRECT/203.0.113.5 text/html`;

export const blueCoatHead =
  '#Software: SGOS 6.7.5.3\n#Version: 1.0\n#Fields: date time c-ip cs-username s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-path cs(User-Agent) sc-bytes cs-bytes\n';

export const blueCoatRow = (index: number): string =>
  `${timeOf(index).toISOString().slice(0, 10)} ${timeOf(index).toISOString().slice(11, 19)} 10.0.0.1 - TCP_MISS 200 GET https shop.example /${index} "${wordOf(index).replaceAll('\n', ' ').replaceAll('"', '""')}" 812 99`;

export const fortigateLine = (index: number): string =>
  `date=2026-03-29 time=10:00:00 eventtime=${timeOf(index).getTime()} logid="0000000013" type="traffic" srcip=10.0.0.1 dstip=203.0.113.5 sessionid=${index} sentbyte=5 msg="${wordOf(index).replaceAll('\n', ' ').replace(/["\\]/g, '\\$&')}"`;

export const deviceLine = (index: number): string =>
  `${timeOf(index).toISOString()} r1 ${index}: %PARSER-5-CFGLOG_LOGGEDCMD: User:ops  logged command:${wordOf(index).replaceAll('\n', ' ')}`;
