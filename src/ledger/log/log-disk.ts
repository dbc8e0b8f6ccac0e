import { constants, type FileHandle, open, rename, statfs, unlink, writeFile } from 'node:fs/promises';

/** One segment open for writing. */
export interface LogFile {
  /** All of the bytes, at the offset. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** Resolves when everything written is on the disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** What the log asks of the directory it lives in; the tests put faults in between. */
export interface LogDisk {
  /** Opens the file for writing, made (0600) if it is not there. */
  open(path: string): Promise<LogFile>;
  remove(path: string): Promise<void>;
  /** Makes names durable: those created and those removed. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that the process may still write there. */
  freeBytes(path: string): Promise<{ readonly free: number; readonly total: number }>;
}

/** The real one. fdatasync runs in the thread pool, never on the event loop. */
export const plainDisk: LogDisk = {
  open: async (path) => openFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)),
  remove: unlink,
  syncDirectory: async (path) => {
    const handle = await open(path);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  freeBytes: async (path) => {
    const { bavail, blocks, bsize } = await statfs(path);
    return { free: bavail * bsize, total: blocks * bsize };
  },
};

function openFile(handle: FileHandle): LogFile {
  return {
    write: async (bytes, at) => {
      let done = 0;
      while (done < bytes.length) {
        done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

/** Replaces a file that can be made again: no sync, since what is damaged or missing is rebuilt. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, bytes, { mode: 0o600 });
  await rename(draft, path);
}
