import { detach } from '#lib/detach.ts';

const keptVerdicts = 1000;

/** Longer texts are queries and whole lines, which seldom repeat. */
const longestRemembered = 200;

/** What remembering one text costs, in answers saved. */
const paysAfter = 4;

/**
 * The same test, asked once of each text that repeats: the user agents, apps and activities of a log are few. Where of
 * a thousand texts most did not come again, remembering does not pay and is given up for good.
 */
export function rememberVerdicts(test: (text: string) => boolean): (text: string) => boolean {
  let verdicts: Map<string, boolean> | undefined = new Map();
  let saved = 0;
  return (text) => {
    if (verdicts === undefined || text.length > longestRemembered) return test(text);
    const known = verdicts.get(text);
    if (known !== undefined) {
      saved += 1;
      return known;
    }
    if (verdicts.size >= keptVerdicts) {
      verdicts = saved >= paysAfter * keptVerdicts ? new Map() : undefined;
      saved = 0;
    }
    const verdict = test(text);
    verdicts?.set(detach(text), verdict);
    return verdict;
  };
}
