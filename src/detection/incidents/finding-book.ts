import { createHash } from 'node:crypto';
import { detachEvent, type Event } from '#model/event.ts';
import type { Evidence, Finding, Grant, Level } from '#model/finding.ts';
import type { AnnouncedChange } from '../announced-change.ts';
import { dayMs } from '../history/measures.ts';
import type { FindingRule } from '../rules/finding-rule.ts';
import { explain } from './explain.ts';

const keptEvidence = 50;

/** Keys remembered so that the overlapping windows of a correlation count no event twice. */
const rememberedKeys = 2000;

/** The same rule about the same grant within this time is the same finding, seen further. */
const sameFindingMs = dayMs;

const keptFindings = 20_000;

/** A finding while it grows. */
export interface OpenFinding {
  readonly rule: FindingRule;
  readonly finding: Finding;
}

interface Growing {
  finding: Finding;
  readonly rule: FindingRule;
  readonly seen: Set<string>;
  lastAt: number;
}

/** These events together, oldest first, make a rule true; the last one made it so. */
export interface RuleMatch {
  readonly rule: FindingRule;
  readonly events: readonly Event[];
}

/** Makes findings of matches: one for as long as a rule keeps matching one grant, growing with each match. */
export class FindingBook {
  readonly #growing = new Map<string, Growing>();
  #count = 0;

  /** Findings made so far. */
  get count(): number {
    return this.#count;
  }

  /** `isNew` is false when the match only adds to a finding already told. */
  add(
    match: RuleMatch,
    grant: Grant,
    otherGrants: readonly Grant[],
    change: AnnouncedChange | undefined,
  ): OpenFinding & { readonly isNew: boolean } {
    const slot = `${match.rule.about.name}\n${grant.key}`;
    const last = match.events.at(-1)!;
    const known = this.#growing.get(slot);
    if (known !== undefined && last.time - known.lastAt < sameFindingMs) {
      grow(known, match, grant, otherGrants);
      return { rule: known.rule, finding: known.finding, isNew: false };
    }
    const finding = makeFinding(match, grant, otherGrants, change);
    this.#count += 1;
    this.#growing.delete(slot);
    if (this.#growing.size >= keptFindings) this.#growing.delete(this.#growing.keys().next().value!);
    const seen = new Set(match.events.slice(-rememberedKeys).map((event) => event.key));
    this.#growing.set(slot, { finding, rule: match.rule, seen, lastAt: finding.lastAt });
    return { rule: match.rule, finding, isNew: true };
  }
}

function makeFinding(
  match: RuleMatch,
  grant: Grant,
  otherGrants: readonly Grant[],
  change: AnnouncedChange | undefined,
): Finding {
  const { rule, events } = match;
  const times = events.map((event) => event.time);
  const concerned = { grant, others: otherGrants };
  const told = explain(rule.explanation, events, concerned);
  return {
    key: createHash('sha256').update(`${rule.about.id}\n${grant.key}\n${events[0]!.key}`).digest('hex').slice(0, 16),
    rule: rule.about,
    level: change === undefined ? rule.level : ('informational' satisfies Level),
    grant,
    otherGrants,
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    raisedAt: Math.max(...events.map((event) => event.arrivedAt)),
    evidence: keepEnds(events.map(toEvidence)),
    evidenceCount: events.length,
    explanation: change === undefined ? told : `${told} Announced: ${change.reason}.`,
    advice: explain(rule.advice, events, concerned),
    history: historyOf(match),
  };
}

function historyOf({ rule, events }: RuleMatch): Finding['history'] {
  if (rule.needs.length === 0) return 'not needed';
  const { slots } = events.at(-1)!;
  return rule.needs.some((name) => slots[name] === undefined || slots[name] === 'no history') ? 'none' : 'known';
}

function grow(known: Growing, match: RuleMatch, grant: Grant, otherGrants: readonly Grant[]): void {
  const fresh = match.events.filter((event) => !known.seen.has(event.key));
  if (fresh.length === 0) return;
  for (const event of fresh) if (known.seen.size < rememberedKeys) known.seen.add(event.key);
  const before = known.finding;
  const others = new Map([...before.otherGrants, ...otherGrants].map((each) => [each.key, each]));
  known.lastAt = Math.max(known.lastAt, ...fresh.map((event) => event.time));
  known.finding = {
    ...before,
    grant,
    otherGrants: [...others.values()].filter((each) => each.key !== grant.key),
    firstAt: Math.min(before.firstAt, ...fresh.map((event) => event.time)),
    lastAt: known.lastAt,
    evidence: addEvidence(before.evidence, fresh),
    evidenceCount: before.evidenceCount + fresh.length,
  };
}

/** Only what will be kept is copied: of many the first ones and the last. */
function addEvidence(evidence: readonly Evidence[], fresh: readonly Event[]): readonly Evidence[] {
  const room = keptEvidence - evidence.length;
  if (room >= fresh.length) return [...evidence, ...fresh.map(toEvidence)];
  return [...evidence, ...fresh.slice(0, Math.max(0, room))]
    .slice(0, keptEvidence - 1)
    .map((each) => ('native' in each ? toEvidence(each as Event) : each))
    .concat(toEvidence(fresh.at(-1)!));
}

const keepEnds = (evidence: readonly Evidence[]): readonly Evidence[] =>
  evidence.length <= keptEvidence
    ? evidence
    : [...evidence.slice(0, keptEvidence / 2), ...evidence.slice(-keptEvidence / 2)];

/** An event as evidence, holding nothing of the file it came from. */
function toEvidence(event: Event): Evidence {
  const { key, time, arrivedAt, source, origin, raw, slots } = detachEvent(event);
  return { key, time, arrivedAt, source, origin, raw, slots };
}
