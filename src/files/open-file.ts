import { constants, statSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Opens a file for reading. What is none is refused as the system refuses it: opening a pipe would wait for a writer. */
export async function openFile(file: string): Promise<{ handle: FileHandle; size: number }> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notAFile(file, stats);
    return { handle, size: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether there is a file, for what opens it by its name. Throws where something else is there. */
export function isFileAt(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) throw notAFile(file, stats);
  return stats !== undefined;
}

function notAFile(file: string, stats: Stats): Error {
  const [code, what] = stats.isDirectory() ? ['EISDIR', 'a folder'] : ['ENXIO', 'a named pipe, a socket or a device'];
  return Object.assign(new Error(`${code}: ${file} is ${what}`), { code, syscall: 'open' });
}
