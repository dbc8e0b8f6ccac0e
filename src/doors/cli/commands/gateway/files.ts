import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { failure, type Result, success } from '#model/result.ts';
import type { Invocation } from '../../invocation.ts';
import { fileFault, readText } from '../../read-text.ts';
import { refuse } from '../../terminal.ts';

/** What needs files alone and no running gateway. */
export function addFileCommands(gateway: Command, invocation: () => Invocation): void {
  gateway
    .command('key <file>')
    .description('make a master key: 32 random bytes as base64, in a new file that only you can read')
    .action((file: string) => {
      const { terminal } = invocation();
      const written = writeKey(file);
      if (!written.ok) return refuse(terminal, written.failure);
      terminal.out(`${file} holds a new master key. Keep a copy apart: without it no secret in the vault opens.\n`);
    });
  gateway
    .command('thumbprint <certificate>')
    .description("a certificate's SHA-256 in base64url (RFC 8705 x5t#S256), as a registration names it")
    .action((file: string) => {
      const { terminal } = invocation();
      const print = thumbprintOf(file);
      if (!print.ok) return refuse(terminal, print.failure);
      terminal.out(`${print.value}\n`);
    });
  gateway
    .command('check <policy>')
    .description('read a policy and say what it allows and what it leaves open; changes nothing')
    .option('--json', 'as JSON')
    .action(async (file: string, { json }: { readonly json?: true }) => {
      const { checkPolicy } = await import('../../work/check-policy.ts');
      checkPolicy(invocation(), file, json);
    });
  gateway
    .command('verify <configuration>')
    .description('read the whole ledger again and hold it against its anchors, whether the gateway runs or not')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when it does not hold.\n\nExample\n  cordon gateway verify gateway.yaml || page-somebody',
    )
    .action(async (file: string, { json }: { readonly json?: true }) => {
      const { verifyGatewayLedger } = await import('../../work/verify-ledger.ts');
      await verifyGatewayLedger(invocation(), file, json);
    });
}

function writeKey(file: string): Result<void> {
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    return success(undefined);
  } catch (error) {
    return failure(fileFault(file, error, 'a path where no file is yet'));
  }
}

function thumbprintOf(file: string): Result<string> {
  const text = readText(file);
  if (!text.ok) return text;
  try {
    return success(createHash('sha256').update(new X509Certificate(text.value).raw).digest('base64url'));
  } catch {
    return failure({ kind: 'invalid', where: file, found: 'no certificate', expected: 'an X.509 certificate in PEM' });
  }
}
