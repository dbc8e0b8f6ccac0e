import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const built = join(repository, 'dist', 'package');

test('what is published runs as plain JavaScript, rules and sources found', () => {
  execFileSync(process.execPath, [join(repository, 'scripts', 'build.mjs')], { stdio: 'pipe' });
  const typescript = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && !file.includes('node_modules'),
  );
  assert.deepEqual(typescript, []);
  const { bin } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8')) as { bin: { cordon: string } };
  const page = execFileSync(
    process.execPath,
    ['--no-experimental-strip-types', join(built, bin.cordon), 'scan', join(repository, 'examples', 'stolen-token')],
    { encoding: 'utf8' },
  );
  assert.match(page, /^1 incident needs you\./);
  assert.ok(existsSync(join(built, 'build', 'console', 'index.html')));
});
