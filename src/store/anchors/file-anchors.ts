import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { failure, type Result, success } from '#model/result.ts';
import type { Anchor, AnchorTarget } from './anchor.ts';

/** Appends one JSON object per line to a file on other media; durable when it resolves. */
export function createFileAnchors(file: string): AnchorTarget {
  return {
    name: `file ${file}`,
    write: async (anchor) => {
      try {
        const handle = await open(file, 'a', 0o600);
        try {
          // A line that a crash cut short stays a line of its own.
          await handle.write(`\n${JSON.stringify(anchor)}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        return success(undefined);
      } catch (reason) {
        return failure({
          kind: 'later',
          afterMs: 60_000,
          why: reason instanceof Error ? reason.message : String(reason),
        });
      }
    },
  };
}

const anchorLine = z.object({
  sequence: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.int(),
});

/**
 * The anchors of such a file, in its order. A line that a crash cut short is passed over: its anchor was never
 * acknowledged and is written again. `gone` without the file; `invalid` with the line that is something else.
 */
export async function readAnchors(file: string): Promise<Result<readonly Anchor[]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (reason) {
    return failure({ kind: 'gone', what: `${file} (${reason instanceof Error ? reason.message : String(reason)})` });
  }
  const anchors: Anchor[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.endsWith('}')) continue;
    const anchor = readLine(line);
    if (anchor === undefined) {
      const expected = '{"sequence":…,"hash":"64 hex digits","at":ms}';
      return failure({ kind: 'invalid', where: `${file}, line ${index + 1}`, found: line.slice(0, 80), expected });
    }
    anchors.push(anchor);
  }
  return success(anchors);
}

function readLine(line: string): Anchor | undefined {
  try {
    return anchorLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
