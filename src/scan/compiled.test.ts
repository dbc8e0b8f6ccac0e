import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileScanner, scannerNames } from '../../scripts/compile-scanners.ts';

for (const name of scannerNames) {
  test(`${name}.wasm is what its source compiles to`, async () => {
    const committed = new Uint8Array(readFileSync(new URL(`./${name}.wasm`, import.meta.url)));
    const again = await compileScanner(name);
    assert.ok(Buffer.compare(committed, again) === 0, 'compile again: node scripts/compile-scanners.ts');
  });
}

test('no other WebAssembly lies here', () => {
  const found = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.wasm'));
  assert.deepEqual(found.sort(), scannerNames.map((name) => `${name}.wasm`).sort());
});
