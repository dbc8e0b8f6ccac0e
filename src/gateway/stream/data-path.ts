import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LedgerWriter } from '#ledger/ledger.ts';
import type { Level } from '#model/finding.ts';
import type { GatewayCallLine, NoticeReason } from '#model/gateway-line.ts';
import type { ScannedAnswer } from '#scan/json-scanner.ts';
import type { CsvScanner, CsvScanOptions, ScanFault } from '#scan/scan.ts';
import type { Asked, CallHead, Identity, Plan, UnderstoodCall } from '../call.ts';
import type { Broker, Budget, Caller, Notify, Planner } from '../parts.ts';
import type { KnownShapes, RecordsExpectation } from './answers/judge-page.ts';
import type { NoteQueue } from './answers/note-queue.ts';
import type { AskedWords } from './asked-words.ts';
import type { CallRates } from './call-rates.ts';
import type { GatewayLimits } from './limits.ts';
import type { Log } from './operation/log.ts';
import type { Tally } from './operation/tally.ts';
import type { RunningCalls } from './running-calls.ts';
import type { AtTurnEnd } from './turn-end.ts';
import type { UpstreamClient } from './upstream/open-upstream.ts';

/** The byte scanners; a CSV scanner belongs to its stream until it is closed. */
export interface Scanners {
  /** Undefined while as many streams run as there is memory for. */
  openCsv(options: CsvScanOptions): CsvScanner | undefined;
  /** `customerFields`: by type in lower case, the field that leads to the customer. What it answers holds until its next call. */
  scanJson(bytes: Uint8Array, customerFields: Readonly<Record<string, string>>): ScannedAnswer | ScanFault;
}

/** A call that was answered, for the gateway's own log. */
export type ToldCall = Omit<GatewayCallLine, 'cordonGateway' | 'kind' | 'id' | 'at'> & { readonly at: number };

/** Everything that a call meets on its way. */
export interface DataPath {
  readonly broker: Broker;
  readonly planner: Planner;
  readonly budget: Budget;
  readonly ledger: LedgerWriter;
  readonly scanners: Scanners;
  readonly upstream: UpstreamClient;
  readonly notify: Notify;
  readonly tellCall: (call: ToldCall) => void;
  readonly log: Log;
  readonly clock: () => number;
  readonly limits: GatewayLimits;
  readonly tally: Tally;
  readonly running: RunningCalls;
  readonly rates: CallRates;
  /** Connections on which something came that was no call: nothing further on them is one. */
  readonly ended: WeakSet<object>;
  readonly atTurnEnd: AtTurnEnd;
  readonly notes: NoteQueue;
  readonly wordsOf: (asked: Asked) => AskedWords;
  readonly shapesOf: (expectation: RecordsExpectation) => KnownShapes;
  /** How clients reach the gateway: `https://crm.house.example`, without a slash at its end. */
  readonly origin: string;
  readonly sync: SyncMode;
}

/** `bulk`: what streams waits for the ledger, small answers are covered by a reservation. `all`: small ones wait too. */
export type SyncMode = 'bulk' | 'all';

/** A call as it came in. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: CallHead;
  readonly caller: Caller;
  readonly at: number;
}

/** A call that the policy lets through. */
export interface PlannedCall extends Arrival {
  readonly identity: Identity;
  readonly understood: UnderstoodCall;
  readonly plan: Plan;
}

/** How a call was answered. */
export interface Outcome {
  readonly status: number;
  readonly records: number;
  readonly bytes: number;
  /** Reason of a refusal, or how the answer ended when it did not end well. */
  readonly why: string | undefined;
}

export const answered = (status: number, bytes: number, records = 0): Outcome => ({
  status,
  records,
  bytes,
  why: undefined,
});

export function notice(
  path: Pick<DataPath, 'notify' | 'clock'>,
  identity: Identity,
  reason: NoticeReason,
  level: Level,
  explanation: string,
): void {
  path.notify({ at: path.clock(), identity, reason, level, explanation });
}
