import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/doors/cli/main.ts', import.meta.url));
const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'cordon-cli-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** The real command in a process of its own, in a directory without a configuration. */
function cordon(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [main, ...words], { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}

function written(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

const loginHistory = (application: string, at: string, id: string): string =>
  JSON.stringify({
    attributes: { type: 'LoginHistory' },
    Id: id,
    LoginTime: at,
    UserId: '005Jx0000000001IAA',
    LoginType: 'Remote Access 2.0',
    Status: 'Success',
    SourceIp: '198.51.100.7',
    Application: application,
  });

test('a stolen token: the page says what, when, which grant, how much and what to do', async () => {
  const { code, out, error } = await cordon('scan', example('stolen-token'));
  assert.equal(code, 0, error);
  assert.match(out, /^1 incident needs you\. Read 81 events over 4 days 22 h\.$/m);
  assert.match(out, /^CRITICAL {2}Parlance Chat of chat\.integration@maison-orfevre\.example/m);
  const sections = ['What happened', 'By which grant', 'How many rows left', 'What to do now', 'What was read'];
  const places = sections.map((section) => out.indexOf(`\n${section}\n`));
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
    'the sections stand in this order',
  );
  assert.ok(places.every((place) => place > 0));
  assert.match(out, /2,204,021/);
  assert.match(out, /1\. Revoke all tokens of Parlance Chat/);
  // Recognised while it looked around: before the bulk job of day 6, 11:11:56.
  const [, recognised = ''] = /recognised (\d+ Oct 2026, [\d:]+)/.exec(out) ?? [];
  assert.ok(Date.parse(`${recognised} UTC`) < Date.UTC(2026, 9, 18, 11, 11, 56), recognised);
});

test('without licences: sign-ins and call counts alone still name it before the bulk job', async () => {
  const { code, out } = await cordon('scan', example('stolen-token-free-edition'));
  assert.equal(code, 0);
  assert.match(out, /^1 incident needs you\./m);
  const [, recognised = ''] = /recognised (\d+ Oct 2026, [\d:]+)/.exec(out) ?? [];
  assert.ok(Date.parse(`${recognised} UTC`) < Date.UTC(2026, 9, 18, 11, 11, 56), recognised);
});

test('a busy week raises nothing', async () => {
  const { code, out } = await cordon('scan', '--fail-on', 'low', example('busy-but-benign'));
  assert.equal(code, 0);
  assert.match(out, /^No incident\. Read [\d,]+ events/m);
});

test('--json prints OCSF Detection Findings, one a line, incident first', async () => {
  const { out } = await cordon('scan', '--json', example('stolen-token'));
  const objects = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(objects.length > 5);
  assert.ok(objects.every((object) => object.class_uid === 2004 && object.metadata.version === '1.8.0'));
  assert.match(objects[0].finding_info.uid, /^inc-[0-9a-f]{8}$/);
  assert.equal(objects[0].unmapped.rows_at_least, 2_204_021);
});

test('--fail-on and --since', async () => {
  assert.equal((await cordon('scan', '--fail-on', 'high', example('stolen-token'))).code, 3);
  const later = await cordon('scan', '--since', '2027-01-01', '--fail-on', 'low', example('stolen-token'));
  assert.equal(later.code, 0);
  assert.match(later.out, /^No incident\. Read 0 events\./m);
  assert.match(later.out, /81 events before --since were left out/);
  const wrong = await cordon('scan', '--since', 'yesterday', example('stolen-token'));
  assert.equal(wrong.code, 2);
  assert.match(wrong.error, /Expected a day, a time with its zone, or a number of days: 14d\./);
});

test('a record that cannot be read is set aside, and only --strict minds', async () => {
  const path = written('broken.ndjson', `${loginHistory('Mailer', '2026-10-01T10:00:00.000+0000', '1')}\n{"oops\n`);
  const lenient = await cordon('scan', path);
  assert.equal(lenient.code, 0);
  assert.match(lenient.out, /1 record could not be read and was set aside:\n +\S*broken\.ndjson at byte \d+: /);
  assert.equal((await cordon('scan', '--strict', path)).code, 4);
});

test('errors say what was found and what was expected', async () => {
  const nowhere = await cordon('scan', 'nowhere');
  assert.equal(nowhere.code, 1);
  assert.equal(
    nowhere.error,
    'cordon: nowhere: found nothing there, expected a readable log file or a directory of them\n',
  );
  mkdirSync(join(scratch, 'empty'));
  const empty = await cordon('scan', 'empty');
  assert.equal(empty.code, 1);
  assert.match(empty.error, /empty: found .*, expected /);
  const recipe = await cordon('scan', written('recipe.txt', 'Take two eggs.\n'));
  assert.equal(recipe.code, 1);
  assert.match(recipe.error, /plain text.*expected one of: .*Okta System Log/s);
});

test('an app named by an attacker cannot speak to the terminal', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u202eDrift';
  const path = written('evil.ndjson', `${loginHistory(evil, '2026-10-01T10:00:00.000+0000', '1')}\n`);
  for (const words of [
    ['scan', '--inventory', path],
    ['scan', path],
  ]) {
    const { out, error } = await cordon(...words);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
    assert.doesNotMatch(out + error, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  }
  assert.match((await cordon('scan', '--inventory', path)).out, /\[U\+001B\]\]0;owned\[U\+0007\]/);
});

test('the inventory, from sign-ins alone, and its page for the board', async () => {
  const path = written(
    'logins.ndjson',
    [
      loginHistory('Old Sync', '2026-06-01T10:00:00.000+0000', '1'),
      loginHistory('Nightly ETL', '2026-06-01T11:00:00.000+0000', '2'),
      loginHistory('Nightly ETL', '2026-10-01T11:00:00.000+0000', '3'),
      loginHistory('<img src=x onerror=alert(1)>', '2026-09-30T10:00:00.000+0000', '4'),
    ].join('\n'),
  );
  const { code, out } = await cordon('scan', '--inventory', '--report', 'board.html', path);
  assert.equal(code, 0);
  assert.match(out, /^3 third parties: 1 new, 1 in use, 1 dormant\.$/m);
  assert.match(out, /^Old Sync {2}DORMANT$/m);
  const page = readFileSync(join(scratch, 'board.html'), 'utf8');
  assert.ok(page.includes('&#60;img src=x onerror=alert(1)&#62;'));
  assert.ok(!page.includes('<img'));
  assert.ok(!/<script|https?:\/\//.test(page), 'the page asks nobody for anything');
});

test('help teaches by example; a wrong word is met with the right one', async () => {
  const help = await cordon('scan', '--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /Examples\n {2}cordon scan exports\//);
  const typo = await cordon('scna');
  assert.equal(typo.code, 2);
  assert.match(typo.error, /Did you mean scan/);
});

test('without a server, the commands that ask one say so', async () => {
  const { code, error } = await cordon('incidents');
  assert.equal(code, 1);
  assert.match(error, /found no running server, expected a server on this data directory \(cordon start\)/);
});
