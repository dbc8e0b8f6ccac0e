import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * The walls of ARCHITECTURE.md: which rooms a room may import, besides itself. A breach is mended by moving the shared
 * word to model/ or the shared tool to lib/, or by letting cordon.ts hand the one room's function to the other.
 */
const below = ['lib', 'model', 'scan', 'soql', 'sigma', 'vault', 'ledger', 'mail', 'store', 'stream'] as const;
const stages = [
  'integrations',
  'gateway',
  'drills',
  'detection',
  'containment',
  'exposure',
  'notification',
  'protection',
] as const;
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: ['lib'],
  ...Object.fromEntries(below.slice(2).map((room) => [room, ['lib', 'model']])),
  ledger: ['lib', 'model', 'scan'],
  ...Object.fromEntries(stages.map((stage) => [stage, below])),
  breach: [...below, ...stages],
  configuration: ['lib', 'model'],
  intake: [...below, ...stages, 'configuration', 'emulators'],
  desk: [...below, ...stages, 'intake'],
  cordon: [...below, ...stages, 'breach', 'configuration', 'intake', 'desk', 'emulators'],
  doors: [...below, ...stages, 'breach', 'configuration', 'intake', 'desk', 'cordon', 'emulators'],
  'doors/console': ['lib', 'model'],
  emulators: ['lib', 'model', 'soql'],
};

/** Inside these, each folder is a plugin that knows its contract in model/ and none of its neighbours. */
const plugins = ['src/detection/sources'];

interface Import {
  readonly from: string;
  readonly to: string;
}

const sources = [...filesUnder('src'), ...filesUnder('emulators')].filter(
  (file) => !/\.test\.tsx?$|-for-tests\//.test(file),
);
const imports = sources.flatMap(importsOf);

test('the walls hold', () => {
  const breaches = imports.filter(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)];
    return here !== there && !(mayImport[here] ?? []).includes(there);
  });
  assert.deepEqual(
    breaches.map(({ from, to }) => `${from} may not import ${to}`),
    [],
  );
});

test('every room stands in the table', () => {
  assert.deepEqual(
    [...new Set(sources.map(roomOf))].filter((room) => !(room in mayImport)),
    [],
  );
});

test('plugins do not know each other', () => {
  const pluginOf = (file: string) => {
    const home = plugins.find((folder) => file.startsWith(`${folder}/`));
    const [name, ...rest] = home === undefined ? [] : file.slice(home.length + 1).split('/');
    return rest.length > 0 ? `${home}/${name}` : undefined;
  };
  const breaches = imports.filter(({ from, to }) => {
    const [here, there] = [pluginOf(from), pluginOf(to)];
    return there !== undefined && here !== there && !(here === undefined && from.endsWith('.test.ts'));
  });
  assert.deepEqual(
    breaches.map(({ from, to }) => `${from} may not import ${to}: plugins are found by directory`),
    [],
  );
});

test('no file is part of a circle', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  assert.deepEqual(circles, []);
});

test('no barrels, no vague names', () => {
  const vague = /(^|\/)(index|utils?|helpers?|manager|service|base|common|data|info|misc)\.tsx?$/;
  assert.deepEqual(
    sources.filter((file) => vague.test(file)),
    [],
  );
});

test('the check sees the house', () => {
  assert.ok(sources.length > 120, `only ${sources.length} source files were found`);
  assert.ok(imports.length > 300, `only ${imports.length} imports were understood`);
  const unresolved = imports.filter(({ to }) => !sources.includes(to) && !/\.(json|css)$/.test(to));
  assert.deepEqual(
    unresolved.map(({ from, to }) => `${from} imports ${to}, which is not a source file`),
    [],
  );
});

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** Every import of a project file, static, dynamic or of types; both `./x.ts` and `#room/x.ts`. */
function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8');
  const specifiers = text.matchAll(/(?:from|import|import\()\s*\(?\s*['"]([.#][^'"]*)['"]/g);
  return [...specifiers]
    .map(([, specifier = '']) => ({ from, to: resolveSpecifier(from, specifier.split('?')[0] ?? '') }))
    .filter(({ to }) => to !== 'package.json');
}

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith('#emulators/')) return specifier.slice(1);
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  return relative(root, resolve(root, dirname(from), specifier));
}

function roomOf(file: string): string {
  const [top = '', room = '', inner = ''] = file.split('/');
  if (top !== 'src') return top;
  if (room === 'doors' && inner === 'console') return 'doors/console';
  return room.replace(/\.ts$/, '');
}
