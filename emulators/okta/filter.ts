/** Whether an event is among those asked for. */
export type EventFilter = (event: Readonly<Record<string, unknown>>) => boolean;

/** `eventType eq "user.session.start"`, `outcome.result ne "SUCCESS"`, `target.id eq "00u…"` */
const comparison =
  /^\s*([A-Za-z][\w.]*)\s+(eq|ne|sw|ew|co|gt|ge|lt|le)\s+("(?:[^"\\]|\\.)*"|true|false|-?\d+(?:\.\d+)?)\s*$/;

/**
 * Expression filters (SCIM) as comparisons joined by `and` and `or`, without brackets, `and` binding closer; and
 * keywords, at most 10 of 40 characters. Undefined for what this does not read.
 */
export function readFilter(filter: string, keywords: string): EventFilter | undefined {
  const words = keywords.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 10 || words.some((word) => word.length > 40) || filter.length > 2000) return undefined;
  const alternatives = split(filter, 'or').map((part) => split(part, 'and').map(readComparison));
  const isRead = filter.trim() === '' || alternatives.every((parts) => parts.every((part) => part !== undefined));
  if (!isRead) return undefined;
  return (event) => {
    const text = words.length === 0 ? '' : JSON.stringify(event).toLowerCase();
    return (
      (filter.trim() === '' || alternatives.some((parts) => parts.every((accepts) => accepts?.(event)))) &&
      words.every((word) => text.includes(word))
    );
  };
}

/** At the words that stand outside of quotes. */
function split(text: string, word: 'and' | 'or'): readonly string[] {
  const parts = [''];
  for (const piece of text.split(/("(?:[^"\\]|\\.)*")/)) {
    if (piece.startsWith('"')) {
      parts[parts.length - 1] += piece;
      continue;
    }
    const [first = '', ...rest] = piece.split(new RegExp(`\\s${word}\\s`, 'i'));
    parts[parts.length - 1] += first;
    parts.push(...rest);
  }
  return parts;
}

function readComparison(text: string): EventFilter | undefined {
  const [, path, operator, literal] = comparison.exec(text) ?? [];
  if (path === undefined || operator === undefined || literal === undefined) return undefined;
  const wanted: unknown = JSON.parse(literal);
  return (event) =>
    valuesAt(event, path.split('.')).some((value) => compare(value, operator, wanted)) === (operator !== 'ne');
}

function compare(value: unknown, operator: string, wanted: unknown): boolean {
  const [one, other] = [String(value), String(wanted)];
  switch (operator) {
    case 'eq':
    case 'ne':
      return value === wanted;
    case 'sw':
      return one.startsWith(other);
    case 'ew':
      return one.endsWith(other);
    case 'co':
      return one.includes(other);
    case 'gt':
      return one > other;
    case 'ge':
      return one >= other;
    case 'lt':
      return one < other;
    default:
      return one <= other;
  }
}

/** Values at a path; of an array those of each member. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((member) => valuesAt(member, path));
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest);
}
