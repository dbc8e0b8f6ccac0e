/** Why something expected did not happen; `kind` says what may be done next. */
export type Failure =
  /** Try again after `afterMs` milliseconds. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: string }
  /** Refused by `by` (a person, a policy, a vendor's API): asking again changes nothing. */
  | { readonly kind: 'refused'; readonly by: string; readonly why: string }
  /** `by` failed at it by a fault of its own, which is written down there. */
  | { readonly kind: 'broken'; readonly by: string; readonly why: string }
  /** The thing asked for is not there (any more). */
  | { readonly kind: 'gone'; readonly what: string }
  /** The input is wrong: `where` it is, what was `found`, what was `expected`. */
  | { readonly kind: 'invalid'; readonly where: string; readonly found: string; readonly expected: string };

export type Result<Value, Reason = Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Reason };

export const success = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });

export const failure = <Reason>(reason: Reason): { readonly ok: false; readonly failure: Reason } => ({
  ok: false,
  failure: reason,
});

/** One sentence for a person: what went wrong and, where known, what would be right. */
export function describeFailure(reason: Failure): string {
  switch (reason.kind) {
    case 'later':
      return `${reason.why}; try again in ${Math.ceil(reason.afterMs / 1000)} s`;
    case 'refused':
      return `refused by ${reason.by}: ${reason.why}`;
    case 'broken':
      return `${reason.by} failed: ${reason.why}`;
    case 'gone':
      return `${reason.what} is not there`;
    case 'invalid':
      return `${reason.where}: found ${reason.found}, expected ${reason.expected}`;
  }
}
