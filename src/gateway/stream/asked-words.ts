import type { Asked } from '../call.ts';

/** What a call asks for, for the gateway's own log. */
export interface AskedWords {
  readonly object?: string;
  readonly fields?: readonly string[];
  readonly job?: string;
}

/** Tells the object, fields and job of a call, as far as the call itself says them; a query that comes again is the same object. */
export function openAskedWords(): (asked: Asked) => AskedWords {
  const known = new WeakMap<Asked, AskedWords>();
  return (asked) => {
    const before = known.get(asked);
    if (before !== undefined) return before;
    const words = askedWords(asked);
    known.set(asked, words);
    return words;
  };
}

function askedWords(asked: Asked): AskedWords {
  switch (asked.kind) {
    case 'query':
    case 'bulk-create':
      return { object: asked.query.from[0].path.join('.'), fields: asked.query.select.flatMap(columnOf) };
    case 'retrieve':
      return { object: asked.object, ...(asked.fields && { fields: asked.fields }) };
    case 'describe':
      return asked.object === undefined ? {} : { object: asked.object };
    case 'bulk-see':
    case 'bulk-results':
    case 'bulk-pages':
    case 'bulk-abort':
    case 'bulk-delete':
      return { job: asked.job };
    default:
      return {};
  }
}

type Selection = Extract<Asked, { kind: 'query' }>['query']['select'][number];

const columnOf = (selection: Selection): string[] =>
  selection.kind === 'column' && selection.operand.kind === 'field' ? [selection.operand.path.join('.')] : [];
