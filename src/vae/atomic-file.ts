import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces `file` by the given pieces: after any crash it holds either its old content or all of the new. Durable when
 * the promise resolves; until then the caller may go on, but leave the pieces as they are. A temporary file left by a
 * crash is overwritten by the next call; one that can't be finished goes, since half a file on a full disk takes the
 * place of what would say so.
 */
export async function writeFileAtomically(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await writeAll(handle, pieces);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** In one call: between two of them may lie a training step. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  let { bytesWritten } = await handle.writev(pieces);
  // Short of all, as where the disk is full. Writing the rest says why, or succeeds.
  for (const piece of pieces) {
    const written = Math.min(bytesWritten, piece.length);
    bytesWritten -= written;
    if (written < piece.length) await handle.writeFile(piece.subarray(written));
  }
}
