/**
 * A regular expression of a pipeline, which pySigma gives to Python's `re`; undefined where JavaScript has no such
 * expression. It runs on names and values of rules when they are compiled, never on logs.
 */
export function toPattern(source: string, flags: '' | 'g'): RegExp | undefined {
  const [, letters = '', rest = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(source) ?? [];
  try {
    return new RegExp(
      rest
        .replaceAll('(?P<', '(?<')
        .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
        .replace(/(?<!\\)((?:\\\\)*)\\A/g, '$1^')
        .replace(/(?<!\\)((?:\\\\)*)\\Z/g, '$1$$'),
      letters + flags,
    );
  } catch {
    return undefined;
  }
}

/** Python's `match`: at the beginning. */
export function toBeginning(source: string): RegExp | undefined {
  const pattern = toPattern(source, '');
  return pattern && new RegExp(`^(?:${pattern.source})`, pattern.flags);
}

/** Python's `sub`, with `\1`, `\g<1>` and `\g<name>` in the replacement. */
export const replaceAll = (text: string, pattern: RegExp, replacement: string): string =>
  text.replace(pattern, (...found: unknown[]) => {
    const last = found.at(-1);
    const groups = (typeof last === 'object' ? last : {}) as Readonly<Record<string, string | undefined>>;
    return replacement.replace(/\\(?:g<(\w+)>|(\d)|(.))/g, (_, name?: string, digit?: string, escaped?: string) => {
      if (escaped !== undefined) return escapes[escaped] ?? escaped;
      const group = digit ?? name ?? '';
      const value = /^\d+$/.test(group) ? found[Number(group)] : groups[group];
      return typeof value === 'string' ? value : '';
    });
  });

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
