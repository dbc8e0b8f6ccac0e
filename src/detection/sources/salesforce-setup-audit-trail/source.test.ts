import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Papa from 'papaparse';
import type { Activity } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import type { Reading } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { source } from './source.ts';

const common = {
  Id: '0Ym5j000019nwon',
  CreatedDate: '2026-08-12T21:51:10.000+0000',
  CreatedById: '0055j00000AT6I1',
  CreatedBy: { attributes: { type: 'User' }, Username: 'Admin@House.example' },
  DelegateUser: null,
};

type Words = Partial<Pick<Slots, 'entity.name' | 'entity.type' | 'entity.uid' | 'user.name' | 'user.uid'>>;

/** Action, sentence, what it is, the names in it. */
const changes: readonly (readonly [string, string, Activity, Words?])[] = [
  [
    'insertConnectedApplication',
    'Installed Connected App My Ticket Portal to Salesforce',
    'app-create',
    { 'entity.name': 'My Ticket Portal', 'entity.type': 'app' },
  ],
  ['insertApplication', 'Created Connected App Nightly Sync', 'app-create', { 'entity.name': 'Nightly Sync' }],
  ['installedpackagingapp', 'Installed AppExchange package: Ledger One', 'app-create', { 'entity.name': 'Ledger One' }],
  ['updateConnectedApplication', 'Updated Connected App Nightly Sync', 'app-change', { 'entity.name': 'Nightly Sync' }],
  [
    'deleteConnectedApplication',
    'Uninstalled Connected App Nightly Sync',
    'app-change',
    { 'entity.name': 'Nightly Sync' },
  ],
  [
    'connectedAppOauthPolicyChange',
    'Changed connected app Nightly Sync Permitted Users setting from All users may self-authorize to Admin approved users are pre-authorized',
    'app-change',
    { 'entity.name': 'Nightly Sync' },
  ],
  [
    'changeIpRelaxationPolicy',
    'Changed connected app Nightly Sync IP relaxation setting from Enforce IP restrictions to Relax IP restrictions',
    'app-change',
    { 'entity.name': 'Nightly Sync' },
  ],
  [
    'changeApplicationCallbackUrl',
    'Changed Connected App Callback URL from https://a to https://b',
    'app-change',
    { 'entity.name': undefined },
  ],
  [
    'insertApplicationCertificate',
    'Created Connected App Certificate CN=x',
    'app-change',
    { 'entity.name': undefined },
  ],
  [
    'addOauthClientCredentialUser',
    'Assigned OAuth client credentials user etl@house.example (UserID: [005790000024p8r]) to app Nightly Sync (AppID: [0H479000000CcUh])',
    'app-change',
    { 'entity.name': 'Nightly Sync', 'entity.uid': '0H479000000CcUhCAK', 'user.uid': '005790000024p8rAAA' },
  ],
  [
    'PermSetAssign',
    'Permission set Api Readers: assigned to user Anna Moser (UserID: [0052A00000EsOI0])',
    'permission-change',
    {
      'entity.name': 'Api Readers',
      'entity.type': 'permission set',
      'user.name': 'anna moser',
      'user.uid': '0052A00000EsOI0QAN',
    },
  ],
  [
    'PermSetAssign_HasExpiration',
    'Permission set Api Readers with expiration: assigned to user Anna Moser (UserID: [0052A00000EsOI0]), expiring on Sat May 20 06:59:59 GMT 2023',
    'permission-change',
    { 'entity.name': 'Api Readers', 'user.name': 'anna moser' },
  ],
  [
    'PermSetEnableUserPerm',
    'Changed permission set Api Readers: API Enabled permission was changed from disabled to enabled',
    'permission-change',
    { 'entity.name': 'Api Readers', 'user.name': undefined },
  ],
  [
    'SetupEntityAccessAudit_PermissionSet_ConnectedApplication_Enabled',
    'Changed permission set Clerks: Nightly Sync connected app is enabled',
    'permission-change',
    { 'entity.name': 'Nightly Sync', 'entity.type': 'app' },
  ],
  [
    'changedprofileforuser',
    'Changed profile for user Anna Moser from Clerk to System Administrator',
    'permission-change',
    { 'entity.name': 'System Administrator', 'entity.type': 'profile', 'user.name': 'anna moser' },
  ],
  [
    'profilePermChangedCustom',
    'Changed profile Clerk: general user permission Export Reports was changed from disabled to enabled',
    'permission-change',
    { 'entity.name': 'Clerk' },
  ],
  ['createduser', 'Created new user Anna Moser', 'account-change', { 'user.name': 'anna moser' }],
  [
    'createdcustomersuccessuser',
    'Created new Customer User Anna Moser',
    'account-change',
    { 'user.name': 'anna moser' },
  ],
  [
    'deactivateduser',
    'Deactivated user Anna Moser (UserID: [0052A00000EsOI0])',
    'account-change',
    { 'user.name': 'anna moser', 'user.uid': '0052A00000EsOI0QAN' },
  ],
  ['frozeuser', 'Froze user account for Anna Moser', 'account-change', { 'user.name': 'anna moser' }],
  [
    'changedemail',
    'Changed email for user Anna Moser (UserID: [0052A00000EsOI0]) from a@house.example to b@evil.example',
    'account-change',
    { 'user.name': 'anna moser' },
  ],
  [
    'changedUserAdminVerifiedStatusVerified',
    'For user anna@house.example, the Admin Trusted Mobile Number status changed to verified',
    'account-change',
    { 'user.name': 'anna@house.example' },
  ],
  ['resetpassword', 'Reset password for user Anna Moser', 'password-reset', { 'user.name': 'anna moser' }],
  ['changedpassword', 'Set new password for user Anna Moser', 'password-reset', { 'user.name': 'anna moser' }],
  [
    'insertTwoFactorInfo2',
    'Time-Based Token added for anna@house.example',
    'factor-enrol',
    { 'user.name': 'anna@house.example' },
  ],
  [
    'insertAuthenticatorPairing',
    'Salesforce Authenticator pairing "Salesforce Authenticator Pairing" added for anna@house.example',
    'factor-enrol',
    { 'user.name': 'anna@house.example' },
  ],
  [
    'registeredUserPhoneNumber',
    'For user anna@house.example, the phone number +43 1 000 was registered',
    'factor-enrol',
    { 'user.name': 'anna@house.example' },
  ],
  [
    'deleteTwoFactorInfo2',
    'Time-Based Token removed for anna@house.example',
    'factor-reset',
    { 'user.name': 'anna@house.example' },
  ],
  [
    'unregisterdUserPhoneNumber',
    'For user anna@house.example, the phone number +43 1 000 was disconnected',
    'factor-reset',
    { 'user.name': 'anna@house.example' },
  ],
  ['suOrgAdminLogin', 'Logged in using Login-As access for Anna Moser', 'login-as', { 'user.name': 'anna moser' }],
  ['suOrgAdminLogout', 'Logged out using Login-As access for Anna Moser', 'logout'],
  ['export', 'Requested an export', 'report-export'],
  ['loginIpRangesChanged', 'Added Login Ip Range to Clerk from 192.0.2.1 to 192.0.2.9', 'setting-change'],
  ['changedsessiontimeout', 'Changed session timeout value from 2 hours to 24 hours', 'setting-change'],
  ['namedCredentialInsert', 'Created a new named credential: Webhook', 'setting-change'],
];

function read(Action: string, Display: string): Reading {
  const record = { ...common, Action, Display, Section: 'Manage Users' };
  assert.ok(source.acceptsObject!(record));
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

function assertWords(slots: Slots, words: Words, about: string): void {
  for (const [name, value] of Object.entries(words))
    assert.deepEqual(slots[name as keyof Slots], value, `${name} of ${about}`);
}

test('actions are told by their name, whatever its spelling, and names are taken out of the sentence', () => {
  for (const [action, sentence, activity, words = {}] of changes) {
    for (const spelling of [action, action.toLowerCase(), action.toUpperCase()])
      assert.equal(read(spelling, sentence).slots.activity_name, activity, spelling);
    const { slots } = read(action, sentence);
    assert.equal(slots.message, sentence);
    assertWords(slots, words, sentence);
  }
});

test('a download from Setup has only sentences, and they tell the same', () => {
  const readDownload = source.readCsv!([
    'Date',
    'User',
    'Source Namespace Prefix',
    'Action',
    'Section',
    'Delegate User',
  ])!;
  for (const [, sentence, activity, words = {}] of changes) {
    const reading = readDownload(
      new CellList(['8/12/2026, 2:51:10 PM PDT', 'Admin@House.example', '', sentence, 'Manage Users', '']),
    );
    assert.ok(!('invalid' in reading));
    assert.equal(reading.slots.activity_name, activity, sentence);
    assert.equal(reading.slots['actor.user.name'], 'admin@house.example');
    assert.equal(reading.time, Date.UTC(2026, 7, 12, 21, 51, 10));
    assertWords(reading.slots, words, sentence);
  }
});

test('a record says who did it and has its id as its key', () => {
  const { time, key, slots } = read('createduser', 'Created new user Anna Moser');
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 51, 10));
  assert.equal(key, '0Ym5j000019nwonCAA');
  assert.equal(slots['actor.user.uid'], '0055j00000AT6I1AAL');
  assert.equal(slots['actor.user.name'], 'admin@house.example');
  assert.equal(slots['metadata.event_code'], 'createduser');
});

test('the CSV of records has the keys of the records', () => {
  const reading = source.readCsv!(['Id', 'CreatedDate', 'CreatedBy.Username', 'Action', 'Display', 'Section'])!(
    new CellList([
      '0Ym5j000019nwonCAA',
      '2026-08-12T21:51:10.000Z',
      'Admin@House.example',
      'createduser',
      'Created new user Anna Moser',
      'Manage Users',
    ]),
  ) as Reading;
  assert.equal(reading.key, read('createduser', '').key);
  assert.equal(reading.slots.activity_name, 'account-change');
});

test('the sample file is read, its rows apart', () => {
  const text = readFileSync(new URL('samples/setup-download.csv', import.meta.url), 'utf8');
  const [header = [], ...rows] = Papa.parse<string[]>(text.trim()).data;
  const readings = rows.map((row) => source.readCsv!(header)!(new CellList(row)) as Reading);
  assert.deepEqual(
    readings.map(({ slots }) => slots.activity_name),
    ['app-create', 'password-reset'],
  );
  assert.equal(new Set(readings.map(({ key }) => String(key))).size, 2);
});

test('what cannot be read says what was found', () => {
  assert.match(
    JSON.stringify(source.readObject!({ ...common, CreatedDate: 'soon', Action: 'x' })),
    /the date is \\"soon\\"/,
  );
  assert.deepEqual(source.readObject!(common), { invalid: 'neither Action nor Display, expected what was changed' });
  assert.equal(source.readCsv!(['Date', 'Amount']), undefined);
});
