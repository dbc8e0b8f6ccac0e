import type { Command } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { counted, momentInWords } from '#lib/words.ts';
import type { AuditEntry, AuditVerification } from '#model/wire.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../terminal.ts';
import { show, withServer } from './incidents.ts';

export function addAuditLogCommand(program: Command, invocation: () => Invocation): void {
  const log = program.command('audit-log').description('the hash-chained account of every act');
  log
    .command('verify')
    .description('walk the whole chain and hold it against the anchors outside the store')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample\n  cordon audit-log verify || page-somebody')
    .action((options: { json?: true }) =>
      withServer(invocation(), async (server, terminal) => {
        const answer = await server.get<AuditVerification>('/audit-log/verification');
        if (!answer.ok) return refuse(terminal, answer.failure);
        const found = answer.value;
        if (!found.ok) terminal.fail(1);
        if (options.json) return terminal.out(`${JSON.stringify(found)}\n`);
        terminal.out(
          found.ok
            ? `${terminal.style.good('The audit log is whole:')} ${counted(found.entries, 'entry', 'entries')}, held against ${counted(found.anchors, 'anchor')}.\n`
            : `${terminal.style.urgent('The audit log was changed')} at entry ${found.sequence}: found ${revealed(found.found)}, expected ${revealed(found.expected)}.\n`,
        );
      }),
    );
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
