import { createHash } from 'node:crypto';
import { type Bounds, type Finding, type Grant, isAtLeast, type Level, levels } from '#model/finding.ts';
import { dayMs } from '../history/measures.ts';
import type { Topic } from '../rules/finding-rule.ts';

/** Two medium findings on different topics within this time open an incident. */
const pairMs = 7 * dayMs;

/** A grant's campaign is over after this much silence. */
export const silenceMs = 14 * dayMs;

/** Findings kept per campaign; the weakest of the middle go first. */
const keptFindings = 100;

interface Told {
  finding: Finding;
  readonly topic: Topic;
}

/** What is suspected of some grants over some time; an incident once it is enough. */
export class Campaign {
  readonly #findings = new Map<string, Told>();
  readonly #grants = new Map<string, Grant>();
  #rowsAtLeast = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;
  /** Set once it is an incident. */
  opened: { readonly id: string; readonly at: number; readonly byEventAt: number; readonly by: Finding } | undefined =
    undefined;
  /** Whether anybody was told of the incident. */
  isTold = false;
  /** The campaign into which this one was joined when their grants turned out to belong together. */
  joinedInto: Campaign | undefined = undefined;

  get findings(): readonly Finding[] {
    return [...this.#findings.values()].map(({ finding }) => finding).sort((a, b) => a.firstAt - b.firstAt);
  }

  /** What was certain once stays certain, though old reads are counted less exactly later. */
  knowRows(rows: Bounds): Bounds {
    this.#rowsAtLeast = Math.max(this.#rowsAtLeast, rows.atLeast);
    const { atMost } = rows;
    return {
      atLeast: this.#rowsAtLeast,
      atMost: atMost === undefined ? undefined : Math.max(atMost, this.#rowsAtLeast),
    };
  }

  /** What its findings are about. */
  get topics(): ReadonlySet<Topic> {
    return new Set([...this.#findings.values()].filter(({ finding }) => counts(finding)).map(({ topic }) => topic));
  }

  get grants(): readonly Grant[] {
    return [...this.#grants.values()];
  }

  /** Adds a finding, or what it has grown to. */
  add(finding: Finding, topic: Topic): void {
    this.#findings.set(finding.key, { finding, topic });
    if (this.#findings.size > keptFindings) this.#dropWeakest();
    for (const grant of [finding.grant, ...finding.otherGrants]) this.#grants.set(grant.key, grant);
    this.firstAt = Math.min(this.firstAt, finding.firstAt);
    this.lastAt = Math.max(this.lastAt, finding.lastAt);
    this.#open(finding, topic);
  }

  /** Takes over all that is known of another campaign. */
  join(other: Campaign): void {
    for (const { finding, topic } of other.#findings.values()) this.add(finding, topic);
    for (const grant of other.grants) this.#grants.set(grant.key, grant);
    other.joinedInto = this;
  }

  #open(finding: Finding, topic: Topic): void {
    if (this.opened !== undefined || !counts(finding)) return;
    if (!isAtLeast(finding.level, 'high') && !this.#hasPartner(finding, topic)) return;
    this.opened = {
      id: this.#identify(finding.grant),
      at: finding.raisedAt,
      byEventAt: finding.lastAt,
      by: finding,
    };
  }

  #hasPartner(finding: Finding, topic: Topic): boolean {
    if (!isAtLeast(finding.level, 'medium')) return false;
    for (const told of this.#findings.values()) {
      if (told.topic === topic || !counts(told.finding) || !isAtLeast(told.finding.level, 'medium')) continue;
      if (Math.abs(finding.lastAt - told.finding.lastAt) <= pairMs) return true;
      if (Math.abs(finding.firstAt - told.finding.lastAt) <= pairMs) return true;
    }
    return false;
  }

  /** The same grant suspected from the same day on is the same incident, however often its logs are read. */
  #identify(grant: Grant): string {
    const day = new Date(this.firstAt).toISOString().slice(0, 10);
    return `inc-${createHash('sha256').update(`${grant.key}\n${day}`).digest('hex').slice(0, 8)}`;
  }

  #dropWeakest(): void {
    let weakest: Finding | undefined;
    for (const { finding } of this.#findings.values()) {
      if (finding === this.opened?.by) continue;
      if (weakest === undefined || levels.indexOf(finding.level) < levels.indexOf(weakest.level)) weakest = finding;
    }
    if (weakest !== undefined) this.#findings.delete(weakest.key);
  }

  /** The worst level among what counts; two suspicions together are high. */
  get level(): Level {
    let worst: Level = 'high';
    for (const { finding } of this.#findings.values())
      if (counts(finding) && isAtLeast(finding.level, worst)) worst = finding.level;
    return worst;
  }
}

/** Whether a finding may open an incident, alone or with another. */
const counts = (finding: Finding): boolean => finding.history !== 'none' && isAtLeast(finding.level, 'medium');
