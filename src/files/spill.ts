import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CHUNK_BYTES = 2 ** 20;

/** Bytes that are wanted later, on the disk until then. Its file has no name, so that it is gone however the process ends. */
export class Spill implements Disposable {
  readonly #file: number;
  #bytes = 0;

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-'));
    this.#file = openSync(path.join(folder, 'spill'), 'w+');
    rmSync(folder, { recursive: true });
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at, bytes.length - at, this.#bytes + at);
    this.#bytes += bytes.length;
  }

  *read(): Generator<Uint8Array> {
    for (let at = 0; at < this.#bytes;) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.#bytes - at));
      const read = readSync(this.#file, chunk, 0, chunk.length, at);
      if (read === 0) throw new Error('a temporary file lost its end');
      at += read;
      yield chunk.subarray(0, read);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
