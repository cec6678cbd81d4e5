import { closeSync, fsync, openSync, rename, rm, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const [syncToDisk, move, remove] = [promisify(fsync), promisify(rename), promisify(rm)];

/**
 * Replaces `file` by the given pieces: after any crash it holds either its old content or all of the new. Durable when
 * the promise resolves; the pieces are read before the call returns, so that a caller may go on while the disk works.
 * A temporary file left by a crash is overwritten by the next call;
 * one that can't be finished goes, since half a file on a full disk takes the place of what would say so.
 */
export async function writeFileAtomically(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const written = openSync(temporary, 'w');
    try {
      for (const piece of pieces) writeFileSync(written, piece);
      await syncToDisk(written);
    } finally {
      closeSync(written);
    }
    await move(temporary, file);
  } catch (error) {
    await remove(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  const folder = openSync(path.dirname(file), 'r');
  try {
    await syncToDisk(folder);
  } finally {
    closeSync(folder);
  }
}
