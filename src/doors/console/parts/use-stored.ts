import { useState } from 'react';

/** A word this browser remembers; where storage is forbidden it lives as long as the page. */
export function useStored(key: string, fallback: string): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(() => read(key) ?? fallback);
  const store = (next: string) => {
    setValue(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // Storage is forbidden: the choice holds until the page is left.
    }
  };
  return [value, store];
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
