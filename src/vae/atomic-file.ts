import { open, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces `file` by the given pieces: after any crash it holds either its old content or all of the new. Durable when
 * the promise resolves. A temporary file left by a crash is overwritten by the next call.
 */
export async function writeFileAtomically(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
