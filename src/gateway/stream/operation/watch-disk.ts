import { statfs } from 'node:fs/promises';

/** Share of the file system under a directory that is in use, 0 to 1, as its ordinary users see it. */
export async function diskShareOf(directory: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(directory);
  const used = blocks - bfree;
  return used + bavail === 0 ? 1 : used / (used + bavail);
}

/** The last known share of the ledger's disk in use, asked for every few seconds. */
export interface DiskWatch {
  readonly share: number;
  close(): void;
}

const everyMs = 5000;

/** `crossed` is called each time the share passes the alarm upwards; a disk that cannot be asked counts as full. */
export async function watchDisk(
  measure: () => Promise<number>,
  alarm: number,
  crossed: (share: number) => void,
): Promise<DiskWatch> {
  let share = 0;
  const look = async () => {
    const before = share;
    share = await measure().catch(() => 1);
    if (share >= alarm && before < alarm) crossed(share);
  };
  await look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    get share() {
      return share;
    },
    close: () => clearInterval(timer),
  };
}
