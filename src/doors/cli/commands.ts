import type { Command } from 'commander';
import { addAuditLogCommand } from './commands/audit-log.ts';
import { addConfigCommand } from './commands/config.ts';
import { addEmulateCommand } from './commands/emulate.ts';
import { addExposureCommand } from './commands/exposure.ts';
import { addGatewayCommand } from './commands/gateway.ts';
import { addIncidentCommands } from './commands/incidents.ts';
import { addRulesCommand } from './commands/rules.ts';
import { addScanCommand } from './commands/scan.ts';
import { addSourcesCommand } from './commands/sources.ts';
import { addStartCommand } from './commands/start.ts';
import type { Invocation } from './invocation.ts';

/** Every command, in the order of `cordon --help`. What a command needs for its work it imports when it runs. */
export const commands: readonly ((program: Command, invocation: () => Invocation) => void)[] = [
  addScanCommand,
  addStartCommand,
  addIncidentCommands,
  addSourcesCommand,
  addGatewayCommand,
  addExposureCommand,
  addEmulateCommand,
  addRulesCommand,
  addAuditLogCommand,
  addConfigCommand,
];
