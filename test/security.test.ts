import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('every promise in SECURITY.md names a proof, and every proof is there', () => {
  const rows = readFileSync(`${root}/SECURITY.md`, 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!asset|-)/.test(line));
  assert.ok(rows.length >= 10, `only ${rows.length} promises`);
  const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  for (const row of rows) {
    const proofs = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, proof]) => proof ?? '');
    assert.ok(proofs.length > 0, row);
    for (const proof of proofs) {
      const script = /^npm run (\S+)$/.exec(proof)?.[1];
      assert.ok(script ? scripts[script] : globSync(proof, { cwd: root }).length > 0, proof);
    }
  }
});
