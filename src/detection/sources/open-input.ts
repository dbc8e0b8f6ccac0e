import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** One unpacked stream of bytes: a plain or gzip file, or a member of a zip archive. */
export interface Input {
  /** The path, `archive.zip!member.csv` for a member. */
  readonly file: string;
  /** Bytes on the disk: what progress is measured by. */
  readonly storedBytes: number;
  /** Whether the bytes stand in the file as they are read, so that any offset can be read at once. */
  readonly isPlain: boolean;
  /** The bytes from the beginning; a chunk is valid until the next is asked for. Throws when the file is damaged. */
  readonly read: () => AsyncIterable<Buffer>;
  /** Plain inputs only: up to `bytes` bytes at `offset`. */
  readonly readAt: (offset: number, bytes: number) => Promise<Buffer>;
}

const chunkBytes = 1 << 16;

/**
 * The inputs in a file: itself, or each member of a zip archive. What a file is, its first bytes say. Throws what the
 * file system says, and yauzl's word for an archive whose directory cannot be read.
 */
export async function openInputs(path: string): Promise<readonly Input[]> {
  const head = Buffer.alloc(4);
  const handle = await open(path, 'r');
  let storedBytes: number;
  try {
    await handle.read(head, 0, head.length, 0);
    storedBytes = (await handle.stat()).size;
  } finally {
    await handle.close();
  }
  if (head.readUInt32LE() === zipSignature || head.readUInt32LE() === emptyZipSignature) return openZip(path);
  const isPlain = !isGzip(head);
  return [
    {
      file: path,
      storedBytes,
      isPlain,
      read: () => (isPlain ? readPlain(path) : unpack(createReadStream(path, { highWaterMark: chunkBytes }))),
      readAt: readAt(path),
    },
  ];
}

const zipSignature = 0x04034b50;
const emptyZipSignature = 0x06054b50;
/** RFC 1952 section 2.3.1, with compression method 8. */
const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

/** Reads ahead by one chunk; two buffers do for the whole file. */
async function* readPlain(path: string): AsyncGenerator<Buffer, void, void> {
  const handle = await open(path, 'r');
  const read = (chunk: Buffer<ArrayBuffer>) => handle.read(chunk, 0, chunkBytes);
  let ahead = read(Buffer.allocUnsafeSlow(chunkBytes));
  let spare = Buffer.allocUnsafeSlow(chunkBytes);
  try {
    for (;;) {
      const { bytesRead, buffer } = await ahead;
      if (bytesRead === 0) return;
      ahead = read(spare);
      spare = buffer;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await ahead.catch(() => undefined);
    await handle.close();
  }
}

const readAt =
  (path: string) =>
  async (offset: number, bytes: number): Promise<Buffer> => {
    const handle = await open(path, 'r');
    try {
      const piece = Buffer.alloc(bytes);
      const { bytesRead } = await readFully(handle, piece, offset);
      return piece.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  };

async function readFully(handle: FileHandle, piece: Buffer, offset: number): Promise<{ readonly bytesRead: number }> {
  let bytesRead = 0;
  while (bytesRead < piece.length) {
    const step = await handle.read(piece, bytesRead, piece.length - bytesRead, offset + bytesRead);
    if (step.bytesRead === 0) break;
    bytesRead += step.bytesRead;
  }
  return { bytesRead };
}

async function openZip(path: string): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      inputs.push({
        file: `${path}!${entry.fileName}`,
        storedBytes: entry.compressedSize,
        isPlain: false,
        read: () => unpack(readMember(path, entry)),
        readAt: () => Promise.reject(new Error('a member of an archive is read from its beginning')),
      });
    }
  } finally {
    zip.close();
  }
  return inputs;
}

async function* readMember(path: string, entry: Entry): AsyncGenerator<Buffer, void, void> {
  const zip: ZipFile = await openPromise(path, { autoClose: false, lazyEntries: true });
  try {
    yield* chunksOf(await zip.openReadStreamPromise(entry));
  } finally {
    zip.close();
  }
}

/** Passes bytes on, gunzipped when they begin as gzip does; gzip files may hold several members (RFC 1952). */
async function* unpack(stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const chunks = stored[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const all = { [Symbol.asyncIterator]: () => startingWith(first.value, chunks) };
  if (!isGzip(first.value)) yield* all;
  else {
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    // The error reaches the reader through `gunzip` itself.
    pipeline(Readable.from(all), gunzip, () => {});
    yield* chunksOf(gunzip);
  }
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, void> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * The stream's chunks, and its error only after the last chunk: a stream's own iterator drops what is buffered when an
 * archive turns out to be cut off, and that would be lost evidence.
 */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer, void, void> {
  const queue: Buffer[] = [];
  let end: { readonly problem?: Error } | undefined;
  let wake = (): void => {};
  stream.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    if (queue.length >= 4) stream.pause();
    wake();
  });
  const finish = (problem?: Error): void => {
    for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read()) queue.push(chunk as Buffer);
    end ??= problem === undefined ? {} : { problem };
    wake();
  };
  stream.on('end', () => finish());
  stream.on('error', finish);
  stream.on('close', () => finish());
  try {
    for (;;) {
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) yield chunk;
      if (end?.problem !== undefined) throw end.problem;
      if (end !== undefined) return;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      stream.resume();
      await woken;
    }
  } finally {
    stream.destroy();
  }
}
