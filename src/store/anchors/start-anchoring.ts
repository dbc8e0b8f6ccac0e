import type { AuditLog } from '#model/records.ts';
import { describeFailure, type Failure } from '#model/result.ts';
import type { Anchor, AnchorTarget } from './anchor.ts';

/** How one target stands, for the health page. */
export interface AnchorStanding {
  readonly target: string;
  readonly anchored: Anchor | undefined;
  /** Anchors taken that the target has not got yet. */
  readonly waiting: number;
  /** Why the last attempt failed, one sentence; absent once one succeeded. */
  readonly failure: string | undefined;
}

export interface Anchoring {
  /** Takes the head now and offers everything waiting to every target. */
  anchorNow(): Promise<void>;
  standings(): readonly AnchorStanding[];
  /** Takes a last anchor, tries once to deliver, and ends. */
  stop(): Promise<void>;
}

export interface AnchoringOptions {
  readonly auditLog: Pick<AuditLog, 'head'>;
  readonly targets: readonly AnchorTarget[];
  readonly clock: () => number;
  /** ms between anchors, ten minutes unless said otherwise. */
  readonly every?: number;
  /** Told of each failure; it will be tried again at the next turn. */
  readonly onFailure?: (target: string, reason: Failure) => void;
}

/** A week of ten-minute anchors per target that does not answer; then the oldest are given up. */
const waitingAtMost = 1008;

interface Queue {
  readonly target: AnchorTarget;
  readonly waiting: Anchor[];
  anchored: Anchor | undefined;
  failure: Failure | undefined;
}

/**
 * Takes the audit log's head regularly, when it has moved, and delivers to each target in order; the first one is taken
 * by `anchorNow`. What a target refuses waits for its next turn: an old anchor still binds the log as it was then, so
 * none is skipped.
 */
export function startAnchoring(options: AnchoringOptions): Anchoring {
  const { auditLog, targets, clock, every = 600_000, onFailure = () => {} } = options;
  const queues: readonly Queue[] = targets.map((target) => ({
    target,
    waiting: [],
    anchored: undefined,
    failure: undefined,
  }));
  let last: Anchor | undefined;
  let turn: Promise<void> = Promise.resolve();

  const takeTurn = async (): Promise<void> => {
    const head = await auditLog.head();
    if (head !== undefined && (head.sequence !== last?.sequence || head.hash !== last.hash)) {
      last = { ...head, at: clock() };
      for (const queue of queues) {
        queue.waiting.push(last);
        if (queue.waiting.length > waitingAtMost) queue.waiting.shift();
      }
    }
    await Promise.all(queues.map((queue) => deliver(queue, onFailure)));
  };
  const anchorNow = (): Promise<void> => {
    turn = turn.catch(() => {}).then(takeTurn); // One turn at a time, so that each target gets its anchors in order.
    return turn;
  };
  // The log itself cannot be read: the next turn tries again, and every request meets the same error and reports it.
  const tick = () => void anchorNow().catch(() => {});

  const timer = setInterval(tick, every);
  timer.unref();
  return {
    anchorNow,
    standings: () =>
      queues.map((queue) => ({
        target: queue.target.name,
        anchored: queue.anchored,
        waiting: queue.waiting.length,
        failure: queue.failure === undefined ? undefined : describeFailure(queue.failure),
      })),
    stop: async () => {
      clearInterval(timer);
      await anchorNow();
    },
  };
}

async function deliver(queue: Queue, onFailure: (target: string, reason: Failure) => void): Promise<void> {
  while (queue.waiting[0] !== undefined) {
    const outcome = await queue.target.write(queue.waiting[0]);
    if (!outcome.ok) {
      queue.failure = outcome.failure;
      return onFailure(queue.target.name, outcome.failure);
    }
    queue.anchored = queue.waiting.shift();
    queue.failure = undefined;
  }
}
