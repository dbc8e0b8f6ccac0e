import { type Command, InvalidArgumentError, Option } from 'commander';
import { levels } from '#model/finding.ts';
import type { Invocation } from '../invocation.ts';
import type { ScanOptions } from '../work/scan.ts';

export function addScanCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('scan <path...>')
    .description('read exported logs and say whether somebody is draining the CRM')
    .option(
      '--json',
      'OCSF 1.8 Detection Findings, one JSON object a line: each incident, then what it stands on (with --inventory: the inventory)',
    )
    .option('--since <time>', 'leave out what is older: 2026-11-01, 2026-11-01T10:00:00Z or 14d', timeOf(Date.now))
    .addOption(new Option('--fail-on <level>', 'exit with 3 when an incident is at least this bad').choices(levels))
    .option('--strict', 'exit with 4 when any record could not be read')
    .option('--inventory', 'every third party in these logs, instead of incidents')
    .option('--report <file>', 'with --inventory: also write one HTML page for the board')
    .addHelpText(
      'after',
      `
Reads files and folders of Salesforce event log files, real-time events, LoginHistory, SetupAuditTrail and the Okta
System Log; CSV or JSON, plain, gzip or zip, in any mixture. What they are, their content says.

Examples
  cordon scan exports/
  cordon scan --since 14d --fail-on high exports/*.csv.gz okta.ndjson
  cordon scan --json exports/ | jq 'select(.severity_id >= 4) | .finding_info.title'
  cordon scan --inventory --report third-parties.html exports/`,
    )
    .action(async (paths: string[], options: ScanOptions) => {
      const { scan } = await import('../work/scan.ts');
      await scan(invocation(), paths, options);
    });
}

const timeOf =
  (clock: () => number) =>
  (text: string): number => {
    const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
    if (days !== undefined) return clock() - Number(days) * 86_400_000;
    const written = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
    if (Number.isNaN(written))
      throw new InvalidArgumentError('Expected a day, a time with its zone, or a number of days: 14d.');
    return written;
  };
