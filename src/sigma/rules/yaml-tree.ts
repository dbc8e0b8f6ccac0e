import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Refusals } from './refusals.ts';

/** YAML with its line numbers, all keys text, all aliases resolved. */
export type Tree = TreeMap | TreeList | TreeScalar;
export interface TreeMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: ReadonlyMap<string, Tree>;
}
export interface TreeList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Tree[];
}
export interface TreeScalar {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly text: string;
}

const maximumCharacters = 1_000_000;
/** Per file, aliases counted each time they stand for something: a bomb of aliases is refused, not unfolded. */
const maximumNodes = 20_000;
const maximumDepth = 64;

/** Booleans in YAML 1.1, which other readers of Sigma follow, and text in 1.2: `value` says the one, `text` the other. */
const oldBooleans: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['on', true],
  ['no', false],
  ['off', false],
]);

/** The documents of one file (YAML 1.2 core schema); faults go to `refusals`. */
export function readYaml(text: string, refusals: Refusals): readonly Tree[] {
  if (text.length > maximumCharacters) {
    refusals.refuse(1, `${text.length} characters`, `at most ${maximumCharacters}`);
    return [];
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if ('empty' in documents) return [];
  const trees: Tree[] = [];
  for (const document of documents) {
    for (const fault of document.errors)
      refusals.refuse(lines.linePos(fault.pos[0]).line, fault.message, 'well-formed YAML');
    if (document.errors.length > 0 || document.contents === null) continue;
    const tree = new TreeReader(lines, refusals).read(document.contents, 0);
    // Between two `---`, or behind the last, nothing may stand.
    if (tree !== undefined && !isEmpty(tree)) trees.push(tree);
  }
  return trees;
}

class TreeReader {
  #nodes = 0;
  readonly #anchors = new Map<string, Node>();
  readonly #lines: LineCounter;
  readonly #refusals: Refusals;

  constructor(lines: LineCounter, refusals: Refusals) {
    this.#lines = lines;
    this.#refusals = refusals;
  }

  read(node: unknown, depth: number): Tree | undefined {
    this.#nodes += 1;
    if (!isNode(node)) return { kind: 'scalar', line: 1, value: null, text: '' };
    const line = this.#lines.linePos(node.range?.[0] ?? 0).line;
    if (this.#nodes > maximumNodes || depth > maximumDepth)
      return this.#nodes > maximumNodes + 1
        ? undefined
        : this.#refusals.refuse(line, 'too large a document', `${maximumNodes} nodes, ${maximumDepth} levels at most`);
    if (isAlias(node)) return this.#readAlias(node.source, line, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#readMap(node, line, depth);
    if (isSeq(node)) return this.#readList(node, line, depth);
    return isScalar(node)
      ? this.#readScalar(node, line)
      : this.#refusals.refuse(line, 'a node', 'a map, list or value');
  }

  #readAlias(name: string, line: number, depth: number): Tree | undefined {
    const node = this.#anchors.get(name);
    return node === undefined
      ? this.#refusals.refuse(line, `*${name}`, 'an anchor above it')
      : this.read(node, depth + 1);
  }

  #readMap(map: YAMLMap, line: number, depth: number): Tree | undefined {
    const entries = new Map<string, Tree>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name === undefined || name === '<<') return this.#refusals.refuse(line, 'a key of YAML 1.1', 'a plain name');
      const tree = this.read(value, depth + 1);
      if (tree === undefined) return undefined;
      entries.set(name, tree);
    }
    return { kind: 'map', line, entries };
  }

  #readList(list: YAMLSeq, line: number, depth: number): Tree | undefined {
    const items: Tree[] = [];
    for (const item of list.items) {
      const tree = this.read(item, depth + 1);
      if (tree === undefined) return undefined;
      items.push(tree);
    }
    return { kind: 'list', line, items };
  }

  #readScalar({ value, source, type }: Scalar, line: number): Tree | undefined {
    const old = type === 'PLAIN' && typeof value === 'string' ? oldBooleans.get(value.toLowerCase()) : undefined;
    if (old !== undefined) return { kind: 'scalar', line, value: old, text: source! };
    const isInexact =
      typeof value === 'number' && !(Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value));
    // Logs have such a number as text.
    if (isInexact && /^0[xo]/.test(source!)) return { kind: 'scalar', line, value: source!, text: source! };
    if (isInexact) return this.#refusals.refuse(line, String(source), 'a number below 2^53, or text in quotes');
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { kind: 'scalar', line, value, text: typeof value === 'string' ? value : (source ?? String(value)) };
    return this.#refusals.refuse(line, `a ${typeof value}`, 'text, a number, true, false or null');
  }
}

/** What is there and says nothing: no value, `~` or ''. */
export const isEmpty = (tree: Tree): boolean =>
  tree.kind === 'scalar' && (tree.value === null || tree.text.trim() === '');

/** The same as plain data. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
}
