import { detach } from '#lib/detach.ts';
import type { Slots } from '#model/event.ts';
import { parseSoql } from '#soql/parse-soql.ts';
import { scavengeSoql } from '#soql/scavenge-soql.ts';
import { summariseQuery } from '#soql/summarise-query.ts';

/** What a logged query text says; `undefined` where the text does not tell. */
export interface QueryFacts {
  readonly text: string;
  readonly objects: readonly string[];
  readonly fields: readonly string[];
  readonly fieldCount: number | undefined;
  readonly isCount: boolean;
  readonly isFiltered: boolean | undefined;
  readonly limit: number | undefined;
  readonly likeLiterals: readonly string[];
}

/**
 * Reads SOQL or SOSL as far as it can be read: a query that the log has cut still names its object, for its columns
 * stand first. Never fails.
 */
export function readQuery(text: string): QueryFacts {
  if (isSosl(text)) return readSosl(text);
  const parsed = parseSoql(text);
  if (parsed.ok) {
    const { objects, fields, fieldCount, isCount, isFiltered, limit, likeLiterals } = summariseQuery(parsed.value);
    return { text, objects, fields, fieldCount, isCount, isFiltered, limit, likeLiterals };
  }
  const { mainObject, fields, isCount } = scavengeSoql(text);
  const objects = mainObject === undefined ? [] : [mainObject];
  const fieldCount = mainObject === undefined ? undefined : fields.length;
  return { text, objects, fields, fieldCount, isCount, isFiltered: undefined, limit: undefined, likeLiterals: [] };
}

const isSosl = (text: string): boolean => /^\s*FIND\b/i.test(text);

/** `FIND {anna} IN ALL FIELDS RETURNING Contact(Id, Name WHERE …), Lead`: the objects after RETURNING. */
function readSosl(text: string): QueryFacts {
  const objects: string[] = [];
  let depth = 0;
  let isNext = true;
  const returning = /\bRETURNING\b/i.exec(text);
  const rest = returning === null ? '' : text.slice(returning.index + returning[0].length);
  for (const [token] of rest.matchAll(/\w+|[(),]/g)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === ',') isNext = depth === 0 ? true : isNext;
    else if (depth === 0) {
      if (!isNext) break;
      objects.push(token);
      isNext = false;
    }
  }
  return {
    text,
    objects,
    fields: [],
    fieldCount: undefined,
    isCount: false,
    isFiltered: undefined,
    limit: undefined,
    likeLiterals: [],
  };
}

/** Longer queries seldom repeat, and many of them would take much memory. */
const longestKept = 4096;

/**
 * Reads each query once however often it comes with other strings and times in it, as scripts write theirs; forgets all
 * when it holds `capacity` of them.
 */
export class QueryMemory {
  readonly #facts = new Map<string, QueryFacts>();
  readonly #capacity: number;

  constructor(capacity = 500) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** `encoded` is a text as it stands in a URL's query (`SELECT+Id+FROM%20Contact`). */
  read(text: string, encoded = false): QueryFacts {
    const query = encoded ? decodeParameter(text) : text;
    if (query.length > longestKept) return readQuery(query);
    const shape = shapeOf(query);
    const facts = this.#facts.get(shape) ?? this.#learn(detach(shape));
    return shape === query ? facts : { ...facts, text: query };
  }

  #learn(shape: string): QueryFacts {
    if (this.#facts.size >= this.#capacity) this.#facts.clear();
    const facts = readQuery(shape);
    this.#facts.set(shape, facts);
    return facts;
  }
}

/** The query with its strings and times replaced by others, where no fact is about them: they are under LIKE. */
function shapeOf(query: string): string {
  if (isSosl(query)) return query;
  const timeless = query.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}(?=Z))?/g, '2000-01-01T00:00:00');
  if (!query.includes("'")) return timeless;
  return /\\|\blike\b/i.test(query) ? query : timeless.replace(/'[^']*'/g, "''");
}

/** A value out of a URL's query, `+` for a space; as it stands where an escape is broken. */
export function decodeParameter(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A cut text ends within an escape: what stands before it is still readable.
    return spaced.replace(/%[0-9a-f]{2}/gi, (escaped) => {
      const code = Number.parseInt(escaped.slice(1), 16);
      return code < 128 ? String.fromCharCode(code) : escaped;
    });
  }
}

export function setQuerySlots(slots: Slots, facts: QueryFacts): void {
  slots['query_info.query_string'] = facts.text;
  if (facts.objects.length > 0) slots['resources.type'] = facts.objects;
  slots['unmapped.query.fields'] = facts.fields;
  slots['unmapped.query.field_count'] = facts.fieldCount ?? slots['unmapped.query.field_count'];
  slots['unmapped.query.is_count'] = facts.isCount;
  slots['unmapped.query.is_filtered'] = facts.isFiltered;
  slots['unmapped.query.limit'] = facts.limit;
  slots['unmapped.query.like'] = facts.likeLiterals;
}
