/**
 * Asks the CRM for a token with a refresh token that it rotates, and dies by SIGKILL where it was told to. Arguments:
 * the database, the file that plays the CRM, the moment. Prints the access token where it survives.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { success } from '#model/result.ts';
import { createMasterKey } from '#vault/master-key.ts';
import { openVault, type Vault } from '#vault/open-vault.ts';
import type { FormAnswer } from '../parts.ts';
import { masterKey, must, publicUrl } from './broker.fixture.ts';
import { openBroker } from './open-broker.ts';

const [databaseFile = '', crmFile = '', moment = ''] = process.argv.slice(2);

const dieAt = (here: string): void => {
  if (here === moment) process.kill(process.pid, 'SIGKILL');
};

const database = new DatabaseSync(databaseFile);
database.exec('pragma journal_mode = wal; pragma synchronous = full');
const clock = Date.now;
const random = randomBytes;
const vault = must(openVault({ database, masterKey: createMasterKey(masterKey, random), clock, random }));
const mortal: Vault = {
  ...vault,
  put: async (owner, name, secret) => {
    dieAt('before it is stored');
    const stored = await vault.put(owner, name, secret);
    dieAt('after it is stored');
    return stored;
  },
};

/** The CRM: the number of the refresh token that is good, in a file. */
function answer(form: URLSearchParams): FormAnswer {
  if (form.get('grant_type') === 'client_credentials') return { status: 200, body: { access_token: 'from-spare' } };
  const good = Number(readFileSync(crmFile, 'utf8'));
  if (form.get('refresh_token') !== `R${good}`) return { status: 400, body: { error: 'invalid_grant' } };
  writeFileSync(crmFile, String(good + 1));
  return { status: 200, body: { access_token: `A${good + 1}`, refresh_token: `R${good + 1}` } };
}

const broker = must(
  openBroker({
    ...{ database, clock, random, publicUrl, vault: mortal, notify: () => undefined },
    requestToken: async (form) => {
      dieAt('before the request');
      const answered = answer(form);
      dieAt('after the CRM rotated');
      return success(answered);
    },
  }),
);
const token = await broker.upstreamToken('loyalty-mail', false);
process.stdout.write(token.ok ? token.value : token.failure.kind);
