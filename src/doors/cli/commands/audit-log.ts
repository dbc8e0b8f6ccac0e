import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Configuration } from '#configuration.ts';
import { revealed } from '#lib/reveal.ts';
import { counted, momentInWords } from '#lib/words.ts';
import type { AuditEntry } from '#model/wire.ts';
import type { StorePlace } from '#store/open-store.ts';
import type { Invocation } from '../invocation.ts';
import { demoDirectory } from '../server-client.ts';
import { refuse } from '../terminal.ts';
import { show, withServer } from './incidents.ts';

export function addAuditLogCommand(program: Command, invocation: () => Invocation): void {
  const log = program.command('audit-log').description('the hash-chained account of every act');
  log
    .command('verify')
    .description('walk the whole chain and hold it against the anchors outside the store')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample\n  cordon audit-log verify || page-somebody')
    .action((options: { json?: true }) => verify(invocation(), options));
  log
    .command('list')
    .description('the newest entries')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) =>
      withServer(invocation(), async (server, terminal) => {
        const answer = await server.get<readonly AuditEntry[]>('/audit-log');
        show(terminal, answer, options.json, (entries) =>
          entries.map(
            (entry) =>
              `${String(entry.sequence).padStart(6)}  ${momentInWords(entry.at)}  ${revealed(entry.by)}  ${revealed(entry.act)}  ${revealed(entry.subject)}`,
          ),
        );
      }),
    );
}

/** Reads the store itself, server or not: a server in wrong hands would vouch for itself. */
async function verify({ terminal, configuration }: Invocation, options: { json?: true }): Promise<void> {
  const [{ readConfiguration }, { anchorFiles }, { readAuditLog }, { verifyAgainstFiles }] = await Promise.all([
    import('#configuration.ts'),
    import('#cordon.ts'),
    import('#store/read-audit-log.ts'),
    import('#store/anchors/verify-against-files.ts'),
  ]);
  const read = readConfiguration(configuration, terminal.environment);
  if (!read.ok) return refuse(terminal, read.failure);
  const place = placeOf(read.value);
  const log = readAuditLog(place);
  if (!log.ok) return refuse(terminal, log.failure);
  const found = await verifyAgainstFiles(log.value, anchorFiles(read.value));
  await log.value.close();
  if (!found.ok) terminal.fail(1);
  if (options.json) return terminal.out(`${JSON.stringify(found)}\n`);
  const where = 'directory' in place ? ` in ${place.directory}` : '';
  terminal.out(
    found.ok
      ? `${terminal.style.good(`The audit log${where} is whole:`)} ${counted(found.entries, 'entry', 'entries')}, held against ${counted(found.anchors, 'anchor')}.\n`
      : `${terminal.style.urgent(`The audit log${where} does not hold`)} at entry ${found.sequence}: found ${revealed(found.found)}, expected ${revealed(found.expected)}.\n`,
  );
}

/** Where only the demonstration ran, its store; it has no anchors, so it never stands in for a log that has. */
function placeOf({ databaseUrl, dataDirectory, auditAnchors }: Configuration): StorePlace {
  if (databaseUrl !== undefined) return { databaseUrl };
  const demo = demoDirectory(dataDirectory);
  const isDemo = auditAnchors.length === 0 && !isStore(dataDirectory) && isStore(demo);
  return { directory: isDemo ? demo : dataDirectory };
}

const isStore = (directory: string): boolean => existsSync(join(directory, 'cordon.db'));
