import type { Step, Surroundings } from '#model/live-source.ts';
import { describeFailure, type Failure, type Result } from '#model/result.ts';

/** After so many failures in a row the stream ends and is begun anew from its kept cursor. */
const mostFailures = 5;

/**
 * Asks until there is an answer or none can be hoped for: rests as long as a vendor asks to wait, and 1, 2, 4, 8 s and up
 * to half as much again between broken attempts. Yields a rest for each wait, so that the source's health shows it.
 */
export async function* askPatiently<Value>(
  ask: () => Promise<Result<Value>>,
  { clock, sleep, random }: Surroundings,
): AsyncGenerator<Step, Result<Value>, undefined> {
  for (let failures = 0; ; ) {
    const answer = await ask();
    if (answer.ok) return answer;
    failures = answer.failure.kind === 'broken' ? failures + 1 : 0;
    const waitMs = waitAfter(answer.failure, failures, random);
    if (waitMs === undefined) return answer;
    const isUnanswered = answer.failure.kind === 'broken';
    yield { kind: 'rest', until: clock() + waitMs, why: whyOf(answer.failure), isUnanswered };
    await sleep(waitMs);
  }
}

/** When it is asked again stands beside. */
const whyOf = (reason: Failure): string => (reason.kind === 'later' ? reason.why : describeFailure(reason));

/** Ms until it is worth asking again; undefined when it is not. */
function waitAfter(reason: Failure, failures: number, random: () => number): number | undefined {
  if (reason.kind === 'later') return reason.afterMs;
  if (reason.kind !== 'broken' || failures >= mostFailures) return undefined;
  return 1000 * 2 ** (failures - 1) * (1 + random() / 2);
}
