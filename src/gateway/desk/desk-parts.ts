import type { Ledger } from '#ledger/open-ledger.ts';
import type { BrokerDesk } from '../broker/broker-desk.ts';
import type { OpenBudget } from '../budget/open-budget.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import type { Broker } from '../parts.ts';
import type { OpenPolicies } from '../policy/open-policies.ts';
import type { ServedGateway } from '../stream/serve-gateway.ts';
import type { Traffic } from './traffic.ts';

/** What the desk looks at and acts on. */
export interface DeskParts {
  readonly configuration: GatewayConfiguration;
  readonly broker: Broker & BrokerDesk;
  readonly policies: OpenPolicies;
  readonly budget: OpenBudget;
  readonly ledger: Ledger;
  readonly traffic: Traffic;
  readonly served: ServedGateway;
  /** Where the gateway's own log lies. */
  readonly logDirectory: string;
  readonly clock: () => number;
  readonly startedAt: number;
}
