import type { BigIntStats } from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { sha256Of } from '../files/pieces.ts';

/** More than a run has files on their way at the same time. */
const MOST = 500;

/**
 * The sha256 of files, each read once: a file that was replaced or written to is another one, by inode and times. Who asks
 * for one that is being read waits for that reading, also where whoever asked first is gone.
 */
export class FileHashes {
  readonly #known = new Map<string, Promise<string>>();
  readonly #signal: AbortSignal;
  /** `signal` ends readings. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async of(handle: FileHandle): Promise<string> {
    const stats = await handle.stat({ bigint: true });
    const known = this.#known.get(keyOf(stats));
    if (known !== undefined) return known;
    const read = sha256Of(handle, Number(stats.size), this.#signal);
    this.#keep(keyOf(stats), read);
    read.catch(() => this.#known.delete(keyOf(stats)));
    return read;
  }

  /** What a file holds that was written here. */
  async remember(handle: FileHandle, sha256: string): Promise<void> {
    this.#keep(keyOf(await handle.stat({ bigint: true })), Promise.resolve(sha256));
  }

  /** Reads nothing: undefined where there is no file, or none that was read or written here. */
  async knownOf(file: string): Promise<string | undefined> {
    const stats = await stat(file, { bigint: true }).catch(() => undefined);
    return stats && this.#known.get(keyOf(stats));
  }

  #keep(key: string, sha256: Promise<string>): void {
    this.#known.set(key, sha256);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST) this.#known.delete(oldest!);
  }
}

function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}
