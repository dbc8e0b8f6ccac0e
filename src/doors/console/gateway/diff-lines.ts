export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** Above this many pairs the quadratic table is spared, and the whole is told as replaced. */
const mostPairs = 1_000_000;

/** The lines of two texts in order, by their longest common subsequence. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  if (old.length * fresh.length > mostPairs) return [...as('gone', old), ...as('new', fresh)];
  const width = fresh.length + 1;
  // common[i * width + j]: length of the longest common subsequence of old from i and fresh from j
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--)
      common[i * width + j] =
        old[i] === fresh[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) {
      lines.push({ kind: 'same', text: old[i]! });
      i++;
      j++;
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
      lines.push({ kind: 'gone', text: old[i++]! });
    else lines.push({ kind: 'new', text: fresh[j++]! });
  }
  return [...lines, ...as('gone', old.slice(i)), ...as('new', fresh.slice(j))];
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const as = (kind: DiffLine['kind'], texts: readonly string[]): readonly DiffLine[] =>
  texts.map((text) => ({ kind, text }));

/** Only what changed, each stretch with so many lines around it; stretches apart from each other. */
export function hunksOf(lines: readonly DiffLine[], around = 2): readonly (readonly DiffLine[])[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === 'same' ? [] : [index]));
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && index - around <= last.to) last.to = index + around + 1;
    else hunks.push({ from: Math.max(0, index - around), to: index + around + 1 });
  }
  return hunks.map(({ from, to }) => lines.slice(from, to));
}
