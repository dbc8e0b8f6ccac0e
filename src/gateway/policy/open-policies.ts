import type { DatabaseSync } from 'node:sqlite';
import { dayInWords } from '#lib/words.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Policies, PolicyView } from '../requests/policy-view.ts';
import type { Policy } from './policy.ts';
import { openPolicyRecords, type PolicyProposal, type PolicyRecords, type PolicyVersion } from './policy-records.ts';
import { readPolicy } from './read-policy.ts';
import { viewPolicy } from './view-policy.ts';
import { describeChange, widening } from './widening.ts';

/** What became of a change: it is in force, or it widens something and waits for a second person. */
export type Change =
  | { readonly kind: 'in-force'; readonly version: PolicyVersion }
  | { readonly kind: 'waiting'; readonly proposal: PolicyProposal };

/** A new policy, who wants it (an e-mail address or another stable name of a person) and why. */
export interface WantedChange {
  readonly text: string;
  /** Names the text in faults: a file, or the console's form. */
  readonly path: string;
  readonly by: string;
  readonly why: string;
}

/** A change in words, one line each. */
export interface Preview {
  readonly integration: string;
  readonly changes: readonly string[];
  /** Those of the changes that need a second person. */
  readonly widens: readonly string[];
}

export interface OpenPolicies extends Policies {
  /** The policy in force, for the budget and for words; the same object until it changes. */
  inForce(integration: string): Policy | undefined;
  /** Integrations that have a policy. */
  integrations(): readonly string[];
  /** What a change would do to the newest policy of the integration it names, without doing it. */
  preview(text: string, path: string): Result<Preview, readonly Failure[]>;
  /** Narrows at once; what widens anything waits as a whole for a second person. */
  change(wanted: WantedChange): Result<Change, readonly Failure[]>;
  /** Takes the policy away at once: the integration may do nothing until it has one again. */
  close(integration: string, by: string, why: string): Result<PolicyVersion>;
  /** Puts a waiting change into force; by somebody else than who asked for it, before it expires, if nothing changed since. */
  approve(proposal: number, by: string): Result<PolicyVersion>;
  /** Also by who asked for it: a withdrawal. */
  reject(proposal: number, by: string): Result<void>;
  /** Those that can still be approved, newest first. */
  waiting(): readonly PolicyProposal[];
  /** Newest first, decided and expired ones too. */
  proposals(integration: string): readonly PolicyProposal[];
  /** Newest first. */
  versions(integration: string): readonly PolicyVersion[];
  /** Takes over what another process wrote; the integrations whose policy is another one now. Cheap when nothing was. */
  reload(): readonly string[];
}

export interface PoliciesOptions {
  readonly database: DatabaseSync;
  /** ms since 1970 UTC. */
  readonly clock: () => number;
  /** Called after the policy of an integration has changed, in this process or, at `reload`, in another. */
  readonly onChange?: (integration: string) => void;
  /** How long a waiting change can be approved. */
  readonly expiresAfterMs?: number;
}

interface InForce {
  readonly version: number;
  readonly policy: Policy;
  readonly view: PolicyView;
}

const refused = (why: string): { readonly ok: false; readonly failure: Failure } =>
  failure({ kind: 'refused', by: 'the rule of two persons', why });
const isSamePerson = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/**
 * The policies in force, their history, and the changes that wait for a second person. Makes and uses the tables
 * `policy_versions` (which nothing rewrites) and `policy_proposals`. A stored policy that can no longer be read allows
 * nothing.
 */
export function openPolicies(options: PoliciesOptions): OpenPolicies {
  const { database, clock, onChange = () => {}, expiresAfterMs = 7 * 86_400_000 } = options;
  const records = openPolicyRecords(database);
  const inForce = new Map<string, InForce>();
  let mark = Number.NaN;

  const adopt = (version: PolicyVersion): boolean => {
    if (inForce.get(version.integration)?.version === version.version) return false;
    const read = version.text === undefined ? undefined : readPolicy(version.text, `${version.integration}.yaml`);
    const wasInForce = inForce.delete(version.integration);
    if (!read?.ok) return wasInForce;
    const { value: policy } = read;
    const view = viewPolicy(policy, version.version);
    inForce.set(version.integration, { version: version.version, policy, view });
    return true;
  };

  const reload = (): readonly string[] => {
    const now = records.mark();
    if (now === mark) return [];
    mark = now;
    const changed = records.current().filter(adopt);
    return changed.map(({ integration }) => integration);
  };
  reload();

  const putInForce = (version: PolicyVersion): PolicyVersion => {
    adopt(version);
    mark = records.mark();
    onChange(version.integration);
    return version;
  };

  return {
    policyOf: (integration) => inForce.get(integration)?.view,
    inForce: (integration) => inForce.get(integration)?.policy,
    integrations: () => [...inForce.keys()].sort(),
    preview(text, path) {
      const read = readPolicy(text, path);
      if (!read.ok) return read;
      const { integration } = read.value;
      const before = newestPolicy(records, integration);
      const widens = widening(before, read.value).map(({ what }) => `allows ${what}`);
      return success({ integration, changes: describeChange(before, read.value), widens });
    },
    change(wanted) {
      const result = records.together(() => decideChange(records, wanted, clock(), expiresAfterMs));
      if (result.ok && result.value.kind === 'in-force') putInForce(result.value.version);
      return result;
    },
    close(integration, by, why) {
      const result = records.together(() => closePolicy(records, integration, by, why, clock()));
      return result.ok ? success(putInForce(result.value)) : result;
    },
    approve(proposal, by) {
      const result = records.together(() => approveProposal(records, proposal, by, clock()));
      return result.ok ? success(putInForce(result.value)) : result;
    },
    reject(proposal, by) {
      if (records.decide(proposal, 'rejected', by, clock())) return success(undefined);
      return failure({ kind: 'gone', what: `a waiting change number ${proposal}` });
    },
    waiting: () =>
      records.proposals(undefined).filter(({ state, expiresAt }) => state === 'waiting' && clock() < expiresAt),
    proposals: (integration) => records.proposals(integration),
    versions: (integration) => records.versions(integration),
    reload() {
      const changed = reload();
      for (const integration of changed) onChange(integration);
      return changed;
    },
  };
}

function newestPolicy(records: PolicyRecords, integration: string): Policy | undefined {
  const text = records.newest(integration)?.text;
  const read = text === undefined ? undefined : readPolicy(text, integration);
  return read?.ok ? read.value : undefined;
}

function decideChange(
  records: PolicyRecords,
  { text, path, by, why }: WantedChange,
  at: number,
  expiresAfterMs: number,
): Result<Change, readonly Failure[]> {
  const read = readPolicy(text, path);
  if (!read.ok) return read;
  if (why.trim().length < 3) {
    return failure([{ kind: 'invalid', where: `${path} change`, found: 'no reason', expected: 'why it is wanted' }]);
  }
  const { integration } = read.value;
  const before = newestPolicy(records, integration);
  const against = records.newest(integration)?.version ?? 0;
  const changes = describeChange(before, read.value);
  if (widening(before, read.value).length > 0) {
    const proposal = { integration, against, text, by, at, why, changes, expiresAt: at + expiresAfterMs };
    return success({ kind: 'waiting', proposal: records.proposal(records.addProposal(proposal))! });
  }
  const version = { integration, version: against + 1, text, by, approvedBy: undefined, at, why, changes };
  records.addVersion(version);
  return success({ kind: 'in-force', version });
}

function closePolicy(
  records: PolicyRecords,
  integration: string,
  by: string,
  why: string,
  at: number,
): Result<PolicyVersion> {
  const newest = records.newest(integration);
  if (newest?.text === undefined) return failure({ kind: 'gone', what: `a policy of ${integration}` });
  const changes = ['no longer allows anything'];
  const version = {
    integration,
    version: newest.version + 1,
    text: undefined,
    by,
    approvedBy: undefined,
    at,
    why,
    changes,
  };
  records.addVersion(version);
  return success(version);
}

function approveProposal(records: PolicyRecords, id: number, by: string, at: number): Result<PolicyVersion> {
  const proposal = records.proposal(id);
  if (proposal?.state !== 'waiting') return failure({ kind: 'gone', what: `a waiting change number ${id}` });
  const { integration, against, text, why, changes } = proposal;
  if (isSamePerson(by, proposal.by)) return refused(`${by} asked for this change; another person must approve it`);
  if (at >= proposal.expiresAt)
    return refused(`it could be approved until ${dayInWords(proposal.expiresAt)}; ask for it anew`);
  if ((records.newest(integration)?.version ?? 0) !== against) {
    return refused(`the policy of ${integration} has changed since; ask for it anew`);
  }
  records.decide(id, 'approved', by, at);
  const version = { integration, version: against + 1, text, by: proposal.by, approvedBy: by, at, why, changes };
  records.addVersion(version);
  return success(version);
}
