import { closeSync, fsync, openSync, renameSync, rmSync, writev, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { refuseLinkedFolder } from './no-links.ts';

// Only what waits for the disk is asynchronous: between two such calls may lie a training step, or many.
const [writePieces, sync] = [promisify(writev), promisify(fsync)];

/**
 * Replaces `file` by the given pieces: after any crash it holds either its old content or all of the new. Durable when
 * the promise resolves; until then the caller may go on, but leave the pieces as they are. A temporary file left by a
 * crash is overwritten by the next call; one that can't be finished goes, since half a file on a full disk takes the
 * place of what would say so.
 */
export async function writeFileAtomically(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  refuseLinkedFolder(path.dirname(file));
  const temporary = `${file}.tmp`;
  try {
    // A link of that name would lead the write elsewhere: it goes, as a file left by a crash does.
    rmSync(temporary, { force: true });
    const written = openSync(temporary, 'wx');
    try {
      await writeAll(written, pieces);
      await sync(written);
    } finally {
      closeSync(written);
    }
    await renameDurably(temporary, file);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** Renames before it returns, so that nothing comes between the caller's checks and it; durable when the promise resolves. */
export async function renameDurably(temporary: string, file: string): Promise<void> {
  renameSync(temporary, file);
  const folder = openSync(path.dirname(file), 'r');
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What one call writes at most, where no piece is larger: the count of bytes that it returns is wrong from 2 GiB on. */
const CALL_BYTES = 2 ** 30;

async function writeAll(descriptor: number, pieces: readonly Uint8Array[]): Promise<void> {
  let call: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (call.length > 0 && bytes + piece.length > CALL_BYTES) {
      await writeCall(descriptor, call);
      [call, bytes] = [[], 0];
    }
    call.push(piece);
    bytes += piece.length;
  }
  await writeCall(descriptor, call);
}

async function writeCall(descriptor: number, pieces: readonly Uint8Array[]): Promise<void> {
  let { bytesWritten } = await writePieces(descriptor, pieces);
  // Short of all, as where the disk is full. Writing the rest says why, or succeeds.
  for (const piece of pieces) {
    const written = Math.min(bytesWritten, piece.length);
    bytesWritten -= written;
    if (written < piece.length) writeFileSync(descriptor, piece.subarray(written));
  }
}

export function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What kept the file from being written keeps it from being removed.
  }
}
