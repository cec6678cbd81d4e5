/** A file of any size in pieces, so that memory doesn't grow with it. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const PIECE_BYTES = 2 ** 18;

/** The bytes from `from` up to `size`. Throws where the file was cut off meanwhile. */
export async function* piecesOf(handle: FileHandle, from: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < size;) {
    const length = Math.min(PIECE_BYTES, size - at);
    // A new one each time: whoever has the last may not be done with it.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) throw new Error('the file was cut off while it was read');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** In hexadecimal, of the first `size` bytes. */
export async function sha256Of(handle: FileHandle, size: number, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(handle, 0, size)) {
    signal?.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest('hex');
}

/** Writes all of a piece at this place. */
export async function writePiece(handle: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < piece.length;) {
    const { bytesWritten } = await handle.write(piece, written, piece.length - written, at + written);
    written += bytesWritten;
  }
}
