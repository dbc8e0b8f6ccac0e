import type { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeMap } from '../rules/yaml-tree.ts';
import type { Scalar } from './rule-in-work.ts';

/** Reads the keys of one part of a pipeline; what is missing, wrong or left over is refused with the part's place. */
export class Options {
  readonly place: string;
  readonly refusals: Refusals;
  readonly #tree: TreeMap;
  readonly #read = new Set<string>();

  constructor(tree: TreeMap, place: string, refusals: Refusals) {
    this.#tree = tree;
    this.place = place;
    this.refusals = refusals;
  }

  tree(key: string): Tree | undefined {
    this.#read.add(key);
    return this.#tree.entries.get(key);
  }

  refuse(key: string, expected: string): undefined {
    return this.refusals.refuse(
      this.#tree.entries.get(key)?.line ?? this.#tree.line,
      `${this.place}: ${key}`,
      expected,
    );
  }

  scalar(key: string): Scalar | undefined {
    const tree = this.tree(key);
    if (tree === undefined || tree.kind === 'scalar') return tree?.value;
    return this.refuse(key, 'one value');
  }

  text(key: string): string | undefined {
    const tree = this.tree(key);
    if (tree === undefined) return undefined;
    if (tree.kind === 'scalar' && tree.value !== null) return tree.text;
    return this.refuse(key, 'text');
  }

  requiredText(key: string): string {
    if (!this.#tree.entries.has(key)) this.refuse(key, 'text');
    return this.text(key) ?? '';
  }

  flag(key: string): boolean {
    const tree = this.tree(key);
    if (tree === undefined) return false;
    if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
    this.refuse(key, 'true or false');
    return false;
  }

  oneOf<Name extends string>(key: string, names: readonly Name[], unstated: Name): Name {
    const text = this.text(key);
    const found = names.find((name) => name === text);
    if (text !== undefined && found === undefined) this.refuse(key, `one of ${names.join(', ')}`);
    return found ?? unstated;
  }

  /** A list of texts, or one; undefined where there is none. */
  texts(key: string): readonly string[] | undefined {
    const tree = this.tree(key);
    return tree && textsOf(tree, (expected) => this.refuse(key, expected));
  }

  requiredTexts(key: string): readonly string[] {
    if (!this.#tree.entries.has(key)) this.refuse(key, 'a list of texts');
    return this.texts(key) ?? [];
  }

  /** A map of names to one text or several. */
  textsByName(key: string): ReadonlyMap<string, readonly string[]> {
    const tree = this.tree(key);
    const byName = new Map<string, readonly string[]>();
    if (tree?.kind !== 'map') this.refuse(key, 'a map');
    else
      for (const [name, value] of tree.entries) {
        const texts = textsOf(value, (expected) => this.refuse(key, `${expected} under ${name}`));
        if (texts !== undefined) byName.set(name, texts);
      }
    return byName;
  }

  /** The maps of a list, or of a map by their names. */
  parts(key: string): readonly (readonly [name: string, tree: TreeMap])[] {
    const tree = this.tree(key);
    if (tree === undefined) return [];
    const members: readonly (readonly [string, Tree])[] =
      tree.kind === 'list'
        ? tree.items.map((item, at) => [String(at + 1), item] as const)
        : tree.kind === 'map'
          ? [...tree.entries]
          : [];
    if (tree.kind === 'scalar' && tree.value !== null) this.refuse(key, 'a list of maps');
    return members.flatMap(([name, member]) => {
      if (member.kind === 'map') return [[name, member] as const];
      this.refuse(key, 'maps');
      return [];
    });
  }

  /** To be called when all known keys were read. */
  refuseOthers(): void {
    for (const [key, { line }] of this.#tree.entries)
      if (!this.#read.has(key))
        this.refusals.refuse(line, `${this.place}: ${key}`, `one of ${[...this.#read].join(', ')}`);
  }
}

function textsOf(tree: Tree, refuse: (expected: string) => undefined): readonly string[] | undefined {
  const members = tree.kind === 'list' ? tree.items : [tree];
  const texts: string[] = [];
  for (const member of members) {
    if (member.kind !== 'scalar' || member.value === null) return refuse('text or a list of texts');
    texts.push(member.text);
  }
  return texts;
}
