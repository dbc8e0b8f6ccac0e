import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GatewayLine } from '#model/gateway-line.ts';

/** Lines of the gateway's own log (line-log.ts) in the window, ms since 1970 UTC, `to` exclusive; in the order of writing. */
export async function* readLineLog(directory: string, from: number, to: number): AsyncGenerator<GatewayLine> {
  const [first, last] = [from, to].map((at) => `gateway-${new Date(at).toISOString().slice(0, 10)}.ndjson`);
  const files = (await readdir(directory)).filter((file) => file >= first! && file <= last! && /\.ndjson$/.test(file));
  for (const file of files.sort()) {
    const lines = createInterface({
      input: createReadStream(join(directory, file)),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const text of lines) {
      const line = readLine(text);
      if (line === undefined) continue;
      const at = Date.parse(line.at);
      if (at >= from && at < to) yield line;
    }
  }
}

/** Undefined for what a crash left half written. */
function readLine(text: string): GatewayLine | undefined {
  try {
    return JSON.parse(text) as GatewayLine;
  } catch {
    return undefined;
  }
}
