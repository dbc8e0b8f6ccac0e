import type { Level } from './finding.ts';
import type { SenderTier } from './release.ts';

/** Why the gateway spoke up. */
export type NoticeReason =
  | 'budget'
  | 'reused-refresh-token'
  | 'stolen-token'
  | 'denied'
  | 'foreign-opening'
  | 'unknown-shape'
  | 'uncounted'
  | 'rate'
  | 'disk';

/** What both lines of the gateway's log tell. The log has one JSON object a line and holds no data of customers. */
interface GatewayLineHead {
  /** What makes the line recognisable, and its version. */
  readonly cordonGateway: 1;
  /** Unique: the gateway's own run and a count. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly integration: string;
  /** Id of the Cordon token, never the token. */
  readonly token: string;
  readonly tier: SenderTier;
  readonly address: string;
}

/** A call that was answered. */
export interface GatewayCallLine extends GatewayLineHead {
  readonly kind: 'call';
  readonly operation: string;
  readonly object?: string;
  /** Fields of each record, without relationship prefixes resolved: as asked. */
  readonly fields?: readonly string[];
  /** Records that left. */
  readonly records: number;
  /** Bytes that left. */
  readonly bytes: number;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Reason code of a refusal, or how the answer ended when not whole. */
  readonly outcome?: string;
  readonly userAgent?: string;
  readonly job?: string;
}

/** Something the gateway noticed. */
export interface GatewayNoticeLine extends GatewayLineHead {
  readonly kind: 'notice';
  readonly reason: NoticeReason;
  readonly level: Level;
  /** Plain words for a tired analyst. */
  readonly explanation: string;
}

export type GatewayLine = GatewayCallLine | GatewayNoticeLine;
