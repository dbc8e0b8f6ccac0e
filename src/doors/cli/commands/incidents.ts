import type { Command } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { boundsInWords, counted, momentInWords } from '#lib/words.ts';
import { incidentStates } from '#model/incident.ts';
import type { Result } from '#model/result.ts';
import type { EventPage, IncidentRow, IncidentView } from '#model/wire.ts';
import type { Invocation } from '../invocation.ts';
import { incidentBlock } from '../screen/scan-page.ts';
import { connectServer, type ServerClient } from '../server-client.ts';
import { refuse, type Terminal } from '../terminal.ts';

/** What is open and what happened, asked of the running server through its own socket. */
export function addIncidentCommands(program: Command, invocation: () => Invocation): void {
  program
    .command('incidents')
    .description('list incidents of the running server, worst first')
    .option('--state <state>', `only ${incidentStates.join(', ')}`)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples\n  cordon incidents\n  cordon incidents --state open --json | jq .[].id')
    .action((options: { state?: string; json?: true }) =>
      withServer(invocation(), async (server, terminal) => {
        const answer = await server.get<readonly IncidentRow[]>('/incidents');
        return show(terminal, answer, options.json, (rows) =>
          rows
            .filter(({ state }) => options.state === undefined || state === options.state)
            .map((row) => incidentLine(row, terminal)),
        );
      }),
    );
  program
    .command('incident <id>')
    .description('show one incident, or move it on')
    .option('--move-to <state>', 'next state; needs --reason')
    .option('--reason <words>', 'why, for the audit log')
    .option('--note <words>', 'add a note')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples\n  cordon incident inc-3f9a1c2b\n  cordon incident inc-3f9a1c2b --move-to contained --reason "tokens revoked 14:02"',
    )
    .action((id: string, options: IncidentOptions) =>
      withServer(invocation(), (server, terminal) => actOnIncident(server, id, options, terminal)),
    );
  program
    .command('events')
    .description('search the events of the running server, newest first')
    .option('--actor <name>', 'user id or sign-in name')
    .option('--app <name>', 'app name or id')
    .option('--address <ip>')
    .option('--object <name>', 'e.g. Contact')
    .option('--text <words>', 'anywhere in the original line')
    .option('--limit <count>', 'at most', '50')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples\n  cordon events --app "Drift" --object Case\n  cordon events --address 208.68.36.90 --json',
    )
    .action(({ json, ...filter }: Record<string, string> & { json?: true }) =>
      withServer(invocation(), async (server, terminal) => {
        const answer = await server.get<EventPage>(`/events?${new URLSearchParams(filter)}`);
        return show(terminal, answer, json, ({ rows, next }) => [
          ...rows.map(
            (row) =>
              `${momentInWords(row.time)}  ${row.activity.padEnd(16)}  ${revealed(row.app ?? '-')} @ ${revealed(row.user ?? row.userUid ?? '-')}  ${revealed(row.address ?? '')}  ${revealed(row.objects.join(','))}${row.rows === undefined ? '' : `  ${counted(row.rows, 'row')}`}`,
          ),
          ...(next === undefined
            ? []
            : [terminal.style.faint('There are older ones: raise --limit or narrow the search.')]),
        ]);
      }),
    );
}

interface IncidentOptions {
  readonly moveTo?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly json?: true;
}

async function actOnIncident(
  server: ServerClient,
  id: string,
  options: IncidentOptions,
  terminal: Terminal,
): Promise<void> {
  const path = `/incidents/${encodeURIComponent(id)}`;
  if (options.note !== undefined) {
    const noted = await server.send('POST', `${path}/notes`, { text: options.note });
    if (!noted.ok) return refuse(terminal, noted.failure);
  }
  let answer = await server.get<IncidentView>(path);
  if (answer.ok && options.moveTo !== undefined) {
    const change = { from: answer.value.state, to: options.moveTo, reason: options.reason ?? '' };
    answer = await server.send<IncidentView>('POST', `${path}/changes`, change);
  }
  show(terminal, answer, options.json, (incident) => [
    incidentBlock(incident, terminal.style),
    `State: ${incident.state}; next may be ${incident.nextStates.join(' or ')}.`,
    ...incident.changes.map(
      (change) =>
        `  ${momentInWords(change.at)}  ${change.from} → ${change.to}  ${revealed(change.by)}: ${revealed(change.reason)}`,
    ),
    ...incident.notes.map((note) => `  ${momentInWords(note.at)}  ${revealed(note.by)}: ${revealed(note.text)}`),
  ]);
}

function incidentLine(row: IncidentRow, terminal: Terminal): string {
  const { style } = terminal;
  return `${style.level(row.level).padEnd(8)}  ${row.id}  ${row.state.padEnd(9)}  ${momentInWords(row.firstAt)} UTC  ${revealed(row.title)}\n${style.faint(`          rows: ${boundsInWords(row.rows)}`)}`;
}

export async function withServer(
  { terminal, configuration }: Invocation,
  work: (server: ServerClient, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const { readConfiguration } = await import('#configuration.ts');
  const read = readConfiguration(configuration, terminal.environment);
  if (!read.ok) refuse(terminal, read.failure);
  else await work(connectServer(read.value.dataDirectory), terminal);
}

export function show<Answer>(
  terminal: Terminal,
  answer: Result<Answer>,
  json: true | undefined,
  lines: (answer: Answer) => readonly string[],
): void {
  if (!answer.ok) refuse(terminal, answer.failure);
  else if (json) terminal.out(`${JSON.stringify(answer.value)}\n`);
  else terminal.out(`${lines(answer.value).join('\n') || 'Nothing to show.'}\n`);
}
