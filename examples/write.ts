import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { examples, logsOf } from './examples.ts';

// Writes every example's logs anew from the house (`npm run examples:write`).
for (const example of examples) {
  const logs = new URL(`./${example.name}/logs/`, import.meta.url);
  await rm(logs, { recursive: true, force: true });
  const files = logsOf(example);
  for (const [path, text] of files) {
    const file = new URL(path, logs);
    await mkdir(dirname(file.pathname), { recursive: true });
    await writeFile(file, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
  }
  process.stdout.write(`${example.name}: ${files.size} files\n`);
}
