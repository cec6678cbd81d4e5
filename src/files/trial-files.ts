import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { makeFolder } from './make-folder.ts';
import { refuseLinkedFolder } from './no-links.ts';
import { PartialFile } from './partial-file.ts';
import { readWhole } from './read-whole.ts';

/** Names of the files in a trial's folder. */
export const TRIAL_FILES = {
  /** Parameters, optimiser moments, step, history and best weights; kept where a trial may go on from it. */
  checkpoint: 'checkpoint.safetensors',
  /** Weights of the best epoch. */
  weights: 'weights.safetensors',
  reconstructions: 'reconstructions.png',
  samples: 'samples.png',
  /** Only for a two-dimensional latent. */
  manifold: 'manifold.png',
} as const;
export type TrialFile = keyof typeof TRIAL_FILES;

/** What an execution far away is called. It becomes part of a file's name. */
export const EXECUTION_ID = /^[\w.-]{1,80}$/;

/** What follows a file's name until it takes its place: written here, or arriving from an execution. */
const TEMPORARY = /^\.(tmp|[\w.-]{1,80}\.part)$/;

/** What a file of this name in a trial's folder is, or was to become; undefined for one that no trial has. */
export function trialFileNamed(name: string): { readonly file: TrialFile; readonly isTemporary: boolean } | undefined {
  for (const file of Object.keys(TRIAL_FILES) as TrialFile[]) {
    if (name === TRIAL_FILES[file]) return { file, isTemporary: false };
    if (name.startsWith(TRIAL_FILES[file]) && TEMPORARY.test(name.slice(TRIAL_FILES[file].length))) {
      return { file, isTemporary: true };
    }
  }
  return undefined;
}

/** What the system says of one path. A full or failing disk, a quota, too few file handles are said of all alike. */
const OF_ONE_PATH = /^(ERR_FS_EISDIR|EISDIR|ENOTDIR|EEXIST|ENOTEMPTY|ENOENT|EACCES|EPERM|ELOOP|ENXIO)$/;

/**
 * The one owner of a trial's files, which all attempts at it share: `results/<sweep>/<trial>/…`. Whoever trains puts and
 * gets them; the coordinator looks at them and deletes what is no longer needed. Errors are the system's.
 */
export class TrialFiles {
  /** Absolute. It need not be there. */
  readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }

  path(file: TrialFile): string {
    return path.join(this.folder, TRIAL_FILES[file]);
  }

  /** Makes the folder, which may not be a link. */
  prepare(): void {
    refuseLinkedFolder(this.folder);
    makeFolder(this.folder);
  }

  /** After any crash the file is as before, or all of this; see writeFileAtomically. */
  put(file: TrialFile, pieces: readonly Uint8Array[]): Promise<void> {
    return writeFileAtomically(this.path(file), pieces);
  }

  /** What an execution far away sends of it. */
  partial(file: TrialFile, execution: string): PartialFile {
    return new PartialFile(this.path(file), execution);
  }

  /** Has the file of another trial, too, as it is now; nothing changes where there is one. Returns whether there is one then. */
  share(file: TrialFile, other: TrialFiles): boolean {
    if (this.has(file)) return true;
    if (lstatSync(other.path(file), { throwIfNoEntry: false })?.isFile() !== true) return false;
    this.prepare();
    try {
      // Costs no room: files are only ever replaced.
      linkSync(other.path(file), this.path(file));
    } catch {
      // Of a file system that has no links.
      const temporary = `${this.path(file)}.tmp`;
      copyFileSync(other.path(file), temporary);
      renameSync(temporary, this.path(file));
    }
    return true;
  }

  get(file: TrialFile): Promise<Uint8Array> {
    return readWhole(this.path(file));
  }

  has(file: TrialFile): boolean {
    return existsSync(this.path(file));
  }

  /** Undefined where there is none. Costs the same, however large it is. */
  look(file: TrialFile): Stats | undefined {
    return statSync(this.path(file), { throwIfNoEntry: false });
  }

  /** At most so many bytes from a place on; of what `look` found to be a file, since opening a pipe waits for a writer. */
  getPart(file: TrialFile, at: number, bytes: number): Buffer {
    const descriptor = openSync(this.path(file), 'r');
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, at));
    } finally {
      closeSync(descriptor);
    }
  }

  /** Nothing where it isn't there, or the folder is a link: behind it lies what is not ours. */
  delete(file: TrialFile): void {
    if (this.#isFolder()) rmSync(this.path(file), { force: true });
  }

  /** What is left of files that were on their way when their writer was killed. Nobody may be writing. */
  deleteTemporary(): void {
    if (!this.#isFolder()) return;
    for (const name of readdirSync(this.folder)) {
      if (trialFileNamed(name)?.isTemporary === true) rmSync(path.join(this.folder, name), { force: true });
    }
  }

  #isFolder(): boolean {
    return lstatSync(this.folder, { throwIfNoEntry: false })?.isDirectory() === true;
  }

  /**
   * Whether trouble of this code with the files is this trial's own: the sweep's folder around them can be written, so
   * the other trials don't meet it.
   */
  isOwnTrouble(code: string | undefined): boolean {
    if (code === undefined || !OF_ONE_PATH.test(code)) return false;
    try {
      accessSync(path.dirname(this.folder), constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
}
