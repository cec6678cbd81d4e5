import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { PartialFile } from '../files/partial-file.ts';
import { writePiece } from '../files/pieces.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import type { FileHashes } from './file-hashes.ts';
import { OVER, Refusal, type Announced, type AskedTrialFile } from './protocol.ts';

interface Upload extends Announced {
  readonly execution: string;
  readonly part: PartialFile;
  readonly hash: Hash;
  /** Bytes on disk, from the first on. */
  arrived: number;
  /** The request that works on it now. */
  holder?: { readonly request: IncomingMessage; readonly released: Promise<unknown>; readonly release: () => void };
  isForgotten: boolean;
}

/**
 * Files that executions send. One is put together beside its place, goes on where a broken connection has left it, and
 * takes its place whole, checked and durable, if its execution may still write it at that moment.
 */
export class Uploads {
  readonly #filesOf: (asked: AskedTrialFile) => TrialFiles;
  readonly #hashes: FileHashes;
  /** By the paths of their partial files. */
  readonly #uploads = new Map<string, Upload>();
  /** `filesOf` throws a Refusal where the execution may not, or no longer, write that file. */
  constructor(filesOf: (asked: AskedTrialFile) => TrialFiles, hashes: FileHashes) {
    this.#filesOf = filesOf;
    this.#hashes = hashes;
  }

  /** How many bytes of this upload have arrived, or that it has taken its place, of which the sender may not have heard. */
  async look(request: IncomingMessage, asked: AskedTrialFile, announced: Announced): Promise<number | 'complete'> {
    const upload = await this.#hold(request, asked, announced);
    try {
      const known = await this.#hashes.knownOf(this.#filesOf(asked).path(asked.file));
      if (known !== announced.sha256) return upload.arrived;
      this.#drop(upload);
      return 'complete';
    } finally {
      this.#release(upload);
    }
  }

  /** Takes the bytes from `offset` to the end. What arrived of a body that breaks off is kept; after any other trouble nothing. */
  async receive(request: IncomingMessage, asked: AskedTrialFile, announced: Announced, offset: number): Promise<void> {
    const upload = await this.#hold(request, asked, announced);
    try {
      if (offset !== upload.arrived) throw new Refusal(409, `${upload.arrived} bytes of it have arrived`);
      const handle = await this.#orDrop(upload, () => openPart(upload));
      try {
        // Left open where it is not read to its end: the answer says why.
        const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
        for await (const piece of body) {
          await this.#orDrop(upload, () => writePiece(handle, piece, upload.arrived));
          upload.hash.update(piece);
          upload.arrived += piece.length;
        }
        await this.#orDrop(upload, () => this.#place(upload, handle, asked));
      } finally {
        await handle.close();
      }
    } finally {
      this.#release(upload);
    }
  }

  /** Ends the uploads of an execution, or all, and removes their partial files. */
  forget(execution?: string): void {
    for (const upload of this.#uploads.values()) {
      if (execution !== undefined && upload.execution !== execution) continue;
      upload.isForgotten = true;
      if (upload.holder === undefined) this.#drop(upload);
      else upload.holder.request.destroy();
    }
  }

  /** The upload, for this request alone until it is released. */
  async #hold(request: IncomingMessage, asked: AskedTrialFile, announced: Announced): Promise<Upload> {
    const part = this.#filesOf(asked).partial(asked.file, asked.execution);
    let upload = this.#uploads.get(part.path);
    while (upload?.holder !== undefined) {
      // Who asks once more has given up the request before, which may not have noticed that its connection is dead.
      upload.holder.request.destroy();
      await upload.holder.released;
      // Nor does one that has died while it waited end another that came after it.
      if (upload.isForgotten || request.socket.destroyed) throw new Refusal(410, OVER);
      upload = this.#uploads.get(part.path);
    }
    // That may have ended meanwhile, too.
    this.#filesOf(asked);
    if (upload?.sha256 !== announced.sha256 || upload.length !== announced.length) {
      if (upload !== undefined) this.#drop(upload);
      const nothingYet = { hash: createHash('sha256'), arrived: 0, isForgotten: false };
      upload = { ...announced, ...nothingYet, execution: asked.execution, part };
    }
    const { promise: released, resolve } = Promise.withResolvers<undefined>();
    upload.holder = { request, released, release: () => resolve(undefined) };
    this.#uploads.set(part.path, upload);
    return upload;
  }

  #release(upload: Upload): void {
    if (upload.isForgotten) this.#drop(upload);
    upload.holder?.release();
    delete upload.holder;
  }

  async #place(upload: Upload, handle: FileHandle, asked: AskedTrialFile): Promise<void> {
    if (upload.hash.digest('hex') !== upload.sha256) throw new Refusal(422, 'not the sha256 that was announced');
    await handle.sync();
    // From here to the rename nothing else runs: who is over now replaces nothing.
    const now = this.#filesOf(asked).partial(asked.file, asked.execution);
    if (upload.isForgotten || now.path !== upload.part.path) throw new Refusal(410, OVER);
    await upload.part.accept();
    await this.#hashes.remember(handle, upload.sha256);
    this.#uploads.delete(upload.part.path);
  }

  async #orDrop<T>(upload: Upload, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.#drop(upload);
      throw error;
    }
  }

  #drop(upload: Upload): void {
    if (this.#uploads.get(upload.part.path) !== upload) return;
    this.#uploads.delete(upload.part.path);
    upload.part.remove();
  }
}

async function openPart({ part, arrived }: Upload): Promise<FileHandle> {
  if (arrived === 0) return part.create();
  const handle = await part.reopen(arrived);
  if (handle === undefined) throw new Refusal(409, 'what had arrived is gone');
  return handle;
}
