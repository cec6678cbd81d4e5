/** The tool's own files in a results folder, to be counted and removed. Links are neither followed nor removed. */
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isOwnFile } from './paths.ts';

/** Own files directly in a folder, none where it is absent or a link. */
export function ownFilesIn(folder: string): string[] {
  if (!isRealFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isOwnFile(entry.name))
    .map(({ name }) => path.join(folder, name));
}

/** Real folders directly in one. */
export function foldersIn(folder: string): string[] {
  if (!isRealFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

export function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Removes these files, and the folder if nothing else is in it. Whether all is gone: what the system refuses stays. */
export function removeFiles(files: readonly string[], folder: string): boolean {
  try {
    for (const file of files) rmSync(file, { force: true });
    if (!isRealFolder(folder)) return true;
    if (readdirSync(folder).length > 0) return false;
    rmdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

function isRealFolder(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}
