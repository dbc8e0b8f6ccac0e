import type { Command } from 'commander';
import { addAuditLogCommand } from './commands/audit-log.ts';
import { addConfigCommand } from './commands/config.ts';
import { addIncidentCommands } from './commands/incidents.ts';
import { addRulesCommand } from './commands/rules.ts';
import { addScanCommand } from './commands/scan.ts';
import { addStartCommand } from './commands/start.ts';
import type { Terminal } from './terminal.ts';

/** Every command, in the order of `cordon --help`. */
export const commands: readonly ((program: Command, terminal: Terminal) => void)[] = [
  addScanCommand,
  addStartCommand,
  addIncidentCommands,
  addRulesCommand,
  addAuditLogCommand,
  addConfigCommand,
];
