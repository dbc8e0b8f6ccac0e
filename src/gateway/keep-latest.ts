/** Longer keys are made anew each time: keeping them would cost more than making them. */
const longestKey = 4096;

/** What was made for a key, made once as long as the key is asked for again before `most` others are. */
export type KeepLatest<Value> = (key: string, make: () => Value) => Value;

/** Keeps between half of `most` and `most` values: a full generation replaces the one before it. */
export function keepLatest<Value>(most: number): KeepLatest<Value> {
  let young = new Map<string, Value>();
  let old = young;
  return (key, make) => {
    const known = young.get(key);
    if (known !== undefined) return known;
    const value = old.get(key) ?? make();
    if (key.length > longestKey) return value;
    if (young.size >= most / 2) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  };
}
