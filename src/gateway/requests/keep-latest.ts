/** Longer keys are made anew each time: keeping them would cost more than making them. */
const longestKey = 4096;

/** What was made for a key, made once as long as the key is among the latest `most`. */
export type KeepLatest<Value> = (key: string, make: () => Value) => Value;

export function keepLatest<Value>(most: number): KeepLatest<Value> {
  const kept = new Map<string, Value>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (key.length > longestKey) return value;
    if (kept.size >= most) kept.delete(kept.keys().next().value!);
    kept.set(key, value);
    return value;
  };
}
