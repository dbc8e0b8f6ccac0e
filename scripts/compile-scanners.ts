/**
 * `node scripts/compile-scanners.ts`: compiles src/scan/assembly to the .wasm files beside the TypeScript that loads
 * them. They are committed, so that neither running nor publishing needs the compiler; a test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const scan = new URL('../src/scan/', import.meta.url);
const folder = fileURLToPath(new URL('assembly', scan));
const options = ['--runtime', 'stub', '--enable', 'simd', '--enable', 'relaxed-simd', '--noAssert'];
const speed = ['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge'];

export const scannerNames = ['encode-ids', 'csv-scanner', 'json-scanner'] as const;

/** The module `src/scan/assembly/NAME.ts` as WebAssembly; throws what the compiler says. */
export async function compileScanner(name: (typeof scannerNames)[number]): Promise<Uint8Array> {
  let compiled: Uint8Array | undefined;
  const source = `${name}.ts`;
  const { error, stderr } = await main(
    [source, '--baseDir', folder, '--outFile', `${name}.wasm`, ...options, ...speed],
    {
      writeFile: (_, contents) => {
        compiled = Buffer.from(contents);
      },
    },
  );
  if (error !== null || compiled === undefined) throw new Error(`${source}: ${error?.message} ${stderr.toString()}`);
  return compiled;
}

if (import.meta.main) {
  for (const name of scannerNames) writeFileSync(new URL(`${name}.wasm`, scan), await compileScanner(name));
}
