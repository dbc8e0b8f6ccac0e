/** Test-only: runs a program under strace and reads what it asked of the file system and told others, bytes and all. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type Call =
  /** A file or a directory. */
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  /** `by`: the thread. Only where others ran meanwhile; otherwise `sync` says it all. */
  | { readonly kind: 'begin-sync'; readonly path: string; readonly by: string }
  /** It is done: what was asked for before it began is on the disk. */
  | { readonly kind: 'sync'; readonly path: string; readonly by?: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** Printed on standard output. */
  | { readonly kind: 'print'; readonly text: string }
  /** To a client, on a connection that was accepted; stands where the call began: from there on, the client may know. */
  | { readonly kind: 'send'; readonly connection: string; readonly bytes: Buffer };

const traced = 'openat,mkdir,accept4,write,writev,sendmsg,sendto,pwrite64,fsync,fdatasync,ftruncate,unlink';
const textAtMost = 2 ** 23;

/** Why `strace` cannot be used here, or false. */
export function whyNoTrace(): string | false {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'no strace (apt-get install strace)';
  }
}

/** What to put before a program's command line, so that strace leaves its account in `log`. */
export const tracing = (log: string): readonly string[] => [
  ...['strace', '-f', '--seccomp-bpf', '-y', '-xx', '-s', String(textAtMost), '-e', `trace=${traced}`, '-o', log],
];

/** Runs `node` with the arguments to its end, leaving strace's account in `log`. */
export async function recordCalls(argv: readonly string[], log: string): Promise<readonly Call[]> {
  const [strace = '', ...options] = tracing(log);
  const program = spawn(strace, [...options, process.execPath, ...argv], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(program, 'exit');
  if (code !== 0) throw new Error(`the recorded program ended with ${code}`);
  return readCalls(log);
}

export async function readCalls(log: string): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const reading: Reading = { begun: new Map(), accepted: new Set() };
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const call = readLine(line, reading);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

interface Reading {
  /** What a thread has begun, by thread. */
  readonly begun: Map<string, string>;
  /** The sockets, `socket:[4711]`. */
  readonly accepted: Set<string>;
}

/**
 * `4711 fsync(23</tmp/x/cordon.db>) = 0`, every string in hex. When threads interleave, strace writes the beginning
 * as `4711 fsync(23 <unfinished ...>` and the end as `4711 <... fsync resumed>) = 0`.
 */
function readLine(line: string, { begun, accepted }: Reading): Call | undefined {
  const thread = line.slice(0, line.indexOf(' '));
  if (line.endsWith('<unfinished ...>')) {
    const beginning = line.slice(0, -'<unfinished ...>'.length);
    begun.set(thread, beginning);
    const [, name = '', values = ''] = /^\d+ +(\w+)\((.*)$/.exec(beginning) ?? [];
    if (name === 'fsync' || name === 'fdatasync') return { kind: 'begin-sync', path: fileOf(values), by: thread };
    return isSend(name, values, accepted) ? toSend(values, undefined) : undefined;
  }
  const resumed = /<\.\.\. \w+ resumed>/.exec(line);
  const whole = resumed === null ? line : begun.get(thread) + line.slice(resumed.index + resumed[0].length);
  const parts = /^\d+ +(\w+)\((.*)\) += (\d+)(<[^>]*>)?/.exec(whole);
  if (parts === null) return undefined;
  const [, name = '', values = '', result, opened] = parts;
  if (name === 'accept4') return void accepted.add(fileOf(`${result}${opened}`));
  if (isSend(name, values, accepted)) return resumed === null ? toSend(values, Number(result)) : undefined;
  const call = toCall(name, values, Number(result));
  return call?.kind === 'sync' && resumed !== null ? { ...call, by: thread } : call;
}

const isSend = (name: string, values: string, accepted: ReadonlySet<string>): boolean =>
  /^(write|writev|sendmsg|sendto)$/.test(name) && accepted.has(fileOf(values));

/** `length`: how much of it left, where that is known; what was only begun may have left whole. */
function toSend(values: string, length: number | undefined): Call {
  const bytes = Buffer.concat(Array.from(values.matchAll(/"([^"]*)"/g), ([, hex]) => toBytes(hex)));
  if (values.includes('"...')) throw new Error('an answer is longer than what strace was told to keep');
  return { kind: 'send', connection: fileOf(values), bytes: bytes.subarray(0, length) };
}

function toCall(name: string, values: string, result: number): Call | undefined {
  const path = fileOf(values);
  switch (name) {
    case 'openat':
      return values.includes('O_CREAT') ? { kind: 'create', path: quoted(values) } : undefined;
    case 'mkdir':
      return { kind: 'create', path: quoted(values) };
    case 'pwrite64':
      if (values.includes('"...')) throw new Error('a write is longer than what strace was told to keep');
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
/** `23</tmp/x>`: the path, or what a socket is called. */
const fileOf = (values: string): string => decode(/^\d+<([^>]*)>/.exec(values)?.[1]);
const bytesOf = (values: string): Buffer => toBytes(/"([^"]*)"/.exec(values)?.[1]);
const quoted = (values: string): string => bytesOf(values).toString();
