// `cordon/sigma` as strangers have it: what it loads, and that the published package runs and type-checks in their project.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publishedManifest } from '../../scripts/published-manifest.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** All that the library may load besides `src/sigma`. */
const packages = ['ipaddr.js', 're2js', 'yaml'];
const ours = ['src/lib/detach', 'src/lib/record-field', 'src/model/finding', 'src/model/result'];

const rule =
  'title: a shell\nlogsource: {category: process_creation}\ndetection: {s: {Image|endswith: sh}, condition: s}';

/** Prints what a stranger's first lines find, and the address of every module that was loaded for them. */
const program = `
import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
const { compile } = await import('cordon/sigma');
const compiled = compile(${JSON.stringify(rule)});
if (!compiled.ok) throw new Error(JSON.stringify(compiled.failure));
const titles = compiled.value.evaluate({ Image: '/bin/bash' }).map((match) => match.rule.title);
console.log(JSON.stringify({ titles, loaded }));
`;

function run(arguments_: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** The files of ours that `program` loads, and the packages of others. */
function runProgram(folder: string, home: string): readonly string[] {
  const { titles, loaded } = JSON.parse(run(['--input-type=module', '--eval', program], folder)) as {
    readonly titles: readonly string[];
    readonly loaded: readonly string[];
  };
  assert.deepEqual(titles, ['a shell']);
  const files = loaded.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  const names = files.map((file) => {
    const [, within] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file) ?? [];
    return file.startsWith(home) && !(within !== undefined && packages.includes(within))
      ? relative(home, file)
          .replaceAll('\\', '/')
          .replace(/\.[jt]s$/, '')
      : (within ?? file);
  });
  return [...new Set(names)].filter((name) => !name.startsWith('src/sigma/')).sort();
}

test('the library loads nothing of the rest of the house', () => {
  assert.deepEqual(runProgram(root, realpathSync(root)), [...packages, ...ours].sort());
});

test('the published library runs and type-checks in a stranger’s project', (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-library-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'node_modules', 'cordon');
  publishLibrary(folder, home);
  assert.deepEqual(runProgram(folder, home), [...packages, ...ours].sort());
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    typeCheck(folder, { module, moduleResolution }, typed);
    assert.throws(() => typeCheck(folder, { module, moduleResolution }, mistyped), /TS2345.*TS2339/s);
  }
});

/** The part of the package that the library is, as scripts/build.mjs publishes it. */
function publishLibrary(folder: string, home: string): void {
  mkdirSync(home, { recursive: true });
  const configuration = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: { rootDir: root, outDir: home, typeRoots: [join(root, 'node_modules', '@types')] },
    include: [],
    files: [join(root, 'src', 'sigma', 'compile.ts')],
  };
  writeFileSync(join(folder, 'build.json'), JSON.stringify(configuration));
  run([tsc, '-p', 'build.json'], folder);
  const manifest = publishedManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
}

const typed = `
import { compile, describeFailure, type Fault, type Match, type RuleSet } from 'cordon/sigma';
const compiled = compile([${JSON.stringify(rule)}, { name: 'x.yml', text: '' }], { latenessMs: 5, time: ({ at }) => Number(at) });
const faults: readonly Fault[] = compiled.ok ? [] : compiled.failure;
export const told: readonly string[] = faults.map((fault) => describeFailure(fault) + fault.file + fault.line.toFixed());
if (compiled.ok) {
  const rules: RuleSet = compiled.value;
  const matches: readonly Match[] = rules.evaluate({ Image: 'sh' }, { logsource: { product: 'windows' } });
  const level: 'informational' | 'low' | 'medium' | 'high' | 'critical' | undefined = matches[0]?.rule.level;
  const late: number | undefined = rules.statistics().correlations[0]?.late;
  told.concat(level ?? '', String(late));
}
`;

const mistyped = `
import { compile } from 'cordon/sigma';
compile(5);
compile('').value;
`;

function typeCheck(folder: string, options: object, text: string): void {
  writeFileSync(join(folder, 'use.ts'), text);
  const strict = { strict: true, target: 'es2022', lib: ['es2023'], types: [], noEmit: true, skipLibCheck: false };
  const configuration = { compilerOptions: { ...strict, ...options }, files: ['use.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  run([tsc, '-p', 'tsconfig.json'], folder);
}
