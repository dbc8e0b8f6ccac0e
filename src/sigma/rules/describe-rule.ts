import { type Level, levels } from '#model/finding.ts';
import type { Rule } from '../rule.ts';
import type { Refusals } from './refusals.ts';
import { isEmpty, plain, type Tree, type TreeMap } from './yaml-tree.ts';

/** What a document says about itself, before it is known whether it alerts on its own. */
export type Description = Omit<Rule, 'alerts' | 'level'> & { readonly level: Level | undefined };

/** Top-level keys of Sigma 2.1; all others are the author's own. */
const defined: ReadonlySet<string> = new Set(
  'title id name related taxonomy status description license author references date modified logsource detection correlation fields falsepositives level tags scope generate'.split(
    ' ',
  ),
);

const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** The describing keys of a rule or correlation. `place` names it where neither `name` nor `id` does. */
export function describeRule(
  tree: TreeMap,
  kind: Rule['kind'],
  source: { readonly file: string; readonly text: string; readonly place: string },
  refusals: Refusals,
): Description | undefined {
  const faults = refusals.list.length;
  const text = (key: string): string | undefined => {
    const entry = tree.entries.get(key);
    return entry === undefined || isEmpty(entry) ? undefined : readText(entry, key, refusals);
  };
  const list = (key: string): readonly string[] => describingTexts(tree.entries.get(key));
  const title = text('title') ?? refusals.refuse(tree.line, 'no title', 'a title');
  const id = text('id');
  const name = text('name') ?? id ?? source.place;
  const level = text('level')?.toLowerCase();
  const status = text('status')?.toLowerCase();
  const tags = list('tags');
  if (level !== undefined && !isLevel(level))
    refusals.refuse(lineOf(tree, 'level'), `level ${level}`, `one of ${levels.join(', ')}`);
  if (status !== undefined && !statuses.includes(status))
    refusals.refuse(lineOf(tree, 'status'), `status ${status}`, `one of ${statuses.join(', ')}`);
  const description = {
    kind,
    name,
    id: id ?? name,
    title: title ?? '',
    description: text('description') ?? '',
    level: level !== undefined && isLevel(level) ? level : undefined,
    status,
    techniques: techniquesOf(tags),
    tags,
    falsePositives: list('falsepositives'),
    references: list('references'),
    fields: list('fields'),
    custom: Object.fromEntries(
      [...tree.entries].filter(([key]) => !defined.has(key)).map(([key, of]) => [key, plain(of)]),
    ),
    file: source.file,
    text: source.text,
  };
  return refusals.list.length === faults ? description : undefined;
}

const isLevel = (text: string): text is Level => levels.some((level) => level === text);

const lineOf = (tree: TreeMap, key: string): number => tree.entries.get(key)?.line ?? tree.line;

/** `attack.t1566.002` is technique T1566.002. */
const techniquesOf = (tags: readonly string[]): readonly string[] =>
  tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);

/** What only people read need not be well-formed: `- Admins: at night` is a map to YAML. */
function describingTexts(tree: Tree | undefined): readonly string[] {
  const members = tree?.kind === 'list' ? tree.items : tree === undefined ? [] : [tree];
  return members
    .filter((member) => !isEmpty(member))
    .map((member) => (member.kind === 'scalar' ? member.text : JSON.stringify(plain(member))));
}

export function readText(tree: Tree | undefined, key: string, refusals: Refusals): string | undefined {
  if (tree === undefined) return undefined;
  if (tree.kind === 'scalar' && tree.value !== null && tree.text.trim() !== '') return tree.text;
  return refusals.refuse(tree.line, `${key} without text`, `text under ${key}`);
}

/** A list of texts; a single text counts as a list of one. */
export function readTexts(tree: Tree | undefined, key: string, refusals: Refusals): readonly string[] {
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
  const members = tree.kind === 'list' ? tree.items : [tree];
  return members.flatMap((member) => readText(member, key, refusals) ?? []);
}
