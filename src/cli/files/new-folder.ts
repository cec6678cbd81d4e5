/** `-o DIR`: a folder that is whole, or not there. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SweepError } from '../../errors.ts';

/** @param why a clause: what would come of what is there already. @throws SweepError USAGE for a folder that holds something */
export function checkNewFolder(folder: string, why: string): void {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return;
  throw new SweepError('USAGE', `${folder} holds something already${why}. Name a new folder with -o, or remove it.`);
}

/** Makes the folder with what `make` writes, by their paths in it. @throws SweepError USAGE for one that can't be written */
export function writeFolder(folder: string, make: (write: (file: string, bytes: Uint8Array) => void) => void): void {
  const target = path.resolve(folder);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(temporary, { recursive: true });
    make((file, bytes) => {
      mkdirSync(path.dirname(path.join(temporary, file)), { recursive: true });
      writeFileSync(path.join(temporary, file), bytes);
    });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
    throw new SweepError('USAGE', `Can't write ${folder}: ${messageOf(error)}`, { cause: error });
  }
}
