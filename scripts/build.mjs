// Builds what is published into dist/package: JavaScript (Node does not strip types inside node_modules), the built
// console, the rules and examples. `npm publish dist/package` publishes it.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedManifest } from './published-manifest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'package');

rmSync(out, { recursive: true, force: true });
run('scripts/bootstrap.mjs', '--console');
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');

// The console and the scanners are published compiled: build/console, and the .wasm files in src/scan.
const compiled = [join(root, 'src', 'doors', 'console'), join(root, 'src', 'scan', 'assembly')];

// Rules, runbooks and samples stand beside their sources; tests and TypeScript stay behind.
for (const folder of ['src', 'emulators']) {
  cpSync(join(root, folder), join(out, folder), {
    recursive: true,
    filter: (path) => !/\.tsx?$|-for-tests$/.test(path) && !compiled.some((sources) => path.startsWith(sources)),
  });
}
cpSync(join(root, 'build', 'console'), join(out, 'build', 'console'), { recursive: true });
for (const file of ['README.md', 'LICENSE', 'SECURITY.md']) cpSync(join(root, file), join(out, file));

const manifest = publishedManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
