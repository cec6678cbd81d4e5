import { constants, lstatSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { removeQuietly, renameDurably } from './atomic-file.ts';
import { makeFolder } from './make-folder.ts';
import { refuseLinkedFolder } from './no-links.ts';

/**
 * A file that arrives bit by bit from an execution elsewhere, beside its place until it is whole. Nothing is written through
 * a symbolic link. Errors are the system's.
 */
export class PartialFile {
  readonly path: string;
  readonly #target: string;
  constructor(target: string, execution: string) {
    this.#target = target;
    this.path = `${target}.${execution}.part`;
  }

  get #folder(): string {
    return path.dirname(this.#target);
  }

  /** Empty, in place of what may have been left there, for writing. */
  create(): Promise<FileHandle> {
    refuseLinkedFolder(this.#folder);
    makeFolder(this.#folder);
    rmSync(this.path, { force: true });
    return open(this.path, 'wx');
  }

  /** The one of this size that was left, for writing; undefined where another hand changed or removed it. */
  async reopen(size: number): Promise<FileHandle | undefined> {
    refuseLinkedFolder(this.#folder);
    const { O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const handle = await open(this.path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
    const stats = await handle?.stat();
    if (stats?.isFile() === true && stats.size === size) return handle;
    await handle?.close();
    return undefined;
  }

  /** It takes its place before this returns; durable when the promise resolves. */
  accept(): Promise<void> {
    refuseLinkedFolder(this.#folder);
    return renameDurably(this.path, this.#target);
  }

  /** If the system allows it. Behind a link lies what is not ours. */
  remove(): void {
    if (lstatSync(this.#folder, { throwIfNoEntry: false })?.isDirectory() === true) removeQuietly(this.path);
  }
}
