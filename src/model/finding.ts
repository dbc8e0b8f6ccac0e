import type { Event } from './event.ts';

/** Sigma's levels, weakest first. https://sigmahq.io/docs/basics/rules.html */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];

export const isAtLeast = (level: Level, floor: Level): boolean => levels.indexOf(level) >= levels.indexOf(floor);

/** A number known only between bounds; `atMost` undefined means nothing bounds it. */
export interface Bounds {
  readonly atLeast: number;
  readonly atMost: number | undefined;
}

/** Who acts: an app holding a token of a user, a user alone, or a machine of which only the address is known. */
export interface Grant {
  /** Stable: `app@user`, with `-` for what no log says. */
  readonly key: string;
  readonly appUid: string | undefined;
  readonly appName: string | undefined;
  readonly userUid: string | undefined;
  readonly userName: string | undefined;
  /** Of the machine that acts, where the network is all that tells of it: then no app and no user is known. */
  readonly address?: string;
}

/** One event as evidence: enough to find and read the line again, and the line itself. */
export type Evidence = Pick<Event, 'key' | 'time' | 'arrivedAt' | 'source' | 'origin' | 'raw' | 'slots'>;

/** Why something looks wrong. */
export interface Finding {
  /** Stable: the same events under the same rule give the same key. */
  readonly key: string;
  readonly rule: {
    readonly name: string;
    readonly id: string;
    readonly title: string;
    /** ATT&CK technique ids, e.g. `T1528`. */
    readonly techniques: readonly string[];
  };
  readonly level: Level;
  readonly grant: Grant;
  /** Further grants concerned, for findings that join several. */
  readonly otherGrants: readonly Grant[];
  /** First and last event time of the evidence, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** When it could be known: the latest arrival among the evidence, ms. */
  readonly raisedAt: number;
  /** At most 50, first and last kept; `evidenceCount` is the true number. */
  readonly evidence: readonly Evidence[];
  readonly evidenceCount: number;
  /** Plain words: what was done, what is usual, why it matters. */
  readonly explanation: string;
  /** What the rule's runbook says to do first. */
  readonly advice: string;
  /** `none` when the finding leans on history and there was too little: such a finding opens no incident by itself. */
  readonly history: 'known' | 'none' | 'not needed';
}
