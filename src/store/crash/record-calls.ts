/** Test-only: runs a program under strace and reads what it asked of the file system, bytes and all. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type Call =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** Printed on standard output. */
  | { readonly kind: 'print'; readonly text: string };

const traced = 'openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink';

/** Runs `node` with the arguments to its end, leaving strace's account in `log`. */
export async function recordCalls(argv: readonly string[], log: string): Promise<readonly Call[]> {
  const options = ['-f', '-y', '-xx', '-s', '1000000', '-e', `trace=${traced}`, '-o', log];
  const program = spawn('strace', [...options, process.execPath, ...argv], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(program, 'exit');
  if (code !== 0) throw new Error(`the recorded program ended with ${code}`);
  const calls: Call[] = [];
  const begun = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const call = readLine(line, begun);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/**
 * `4711 fsync(23</tmp/x/cordon.db>) = 0`, every string in hex. When threads interleave, strace writes the beginning
 * as `4711 fsync(23 <unfinished ...>` and the end as `4711 <... fsync resumed>) = 0`.
 */
function readLine(line: string, begun: Map<string, string>): Call | undefined {
  const thread = line.slice(0, line.indexOf(' '));
  if (line.endsWith('<unfinished ...>')) {
    begun.set(thread, line.slice(0, -'<unfinished ...>'.length));
    return undefined;
  }
  const resumed = /<\.\.\. \w+ resumed>/.exec(line);
  const whole = resumed === null ? line : begun.get(thread) + line.slice(resumed.index + resumed[0].length);
  const parts = /^\d+ +(\w+)\((.*)\) += (\d+)/.exec(whole);
  return parts === null ? undefined : toCall(parts[1]!, parts[2]!, Number(parts[3]));
}

function toCall(name: string, values: string, result: number): Call | undefined {
  const path = decode(/^\d+<([^>]*)>/.exec(values)?.[1]);
  switch (name) {
    case 'openat':
      return values.includes('O_CREAT') ? { kind: 'create', path: quoted(values) } : undefined;
    case 'pwrite64':
      return {
        kind: 'write',
        path,
        bytes: bytesOf(values).subarray(0, result),
        offset: Number(/(\d+)\s*$/.exec(values)?.[1]),
      };
    case 'write':
      return values.startsWith('1<') ? { kind: 'print', text: quoted(values) } : undefined;
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', path };
    case 'ftruncate':
      return { kind: 'truncate', path, length: Number(/(\d+)\s*$/.exec(values)?.[1]) };
    case 'unlink':
      return { kind: 'remove', path: quoted(values) };
    default:
      return undefined;
  }
}

const toBytes = (hex: string | undefined): Buffer => Buffer.from((hex ?? '').replaceAll('\\x', ''), 'hex');
const decode = (hex: string | undefined): string => toBytes(hex).toString();
const bytesOf = (values: string): Buffer => toBytes(/"([^"]*)"/.exec(values)?.[1]);
const quoted = (values: string): string => bytesOf(values).toString();
