import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces `file` by the given pieces: after any crash it holds either its old content or all of the new. Durable when
 * the promise resolves. A temporary file left by a crash is overwritten by the next call;
 * one that can't be finished goes, since half a file on a full disk takes the place of what would say so.
 */
export async function writeFileAtomically(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const piece of pieces) await handle.writeFile(piece);
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
