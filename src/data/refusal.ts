import { constants } from 'node:fs';
import { access, lstat, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, SweepError } from '../errors.ts';
import { shellWord } from '../text/shell-word.ts';

/** What is at a path. */
export type Entry = 'file' | 'folder' | 'nothing';

/** @throws SweepError DATA_MISSING where one can't see what is there: that is refusal, not absence. */
export async function entryAt(place: string): Promise<Entry> {
  try {
    return (await stat(place)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || (await isLink(place))) throw await refused(place, error);
    return 'nothing';
  }
}

/** The error for a file or folder that is there, or in the way, but can't be read: why, and what helps. */
export async function refused(place: string, cause: unknown): Promise<SweepError> {
  return new SweepError('DATA_MISSING', await explain(place, cause), { cause });
}

async function explain(place: string, error: unknown): Promise<string> {
  switch (codeOf(error) ?? '') {
    case 'EACCES':
    case 'EPERM': {
      const { culprit, right } = await forbidden(place);
      return (
        `${place} can't be looked at: permission to read ${culprit === place ? 'it' : culprit} is denied. ` +
        `Its owner gives it by\n  chmod u+${right} ${shellWord(culprit)}\nor name another folder with --data DIR.`
      );
    }
    case 'ENOTDIR':
      return `${await fileAbove(place)} is a file, and should be a folder. Name the folder of the data sets with --data DIR.`;
    case 'EISDIR':
      return `${place} is a folder, and should be a file. Rename the folder, and put the file in its place.`;
    case 'ENXIO':
      return `${place} is a named pipe, a socket or a device, and should be a file. Put the file in its place, or name another folder with --data DIR.`;
    case 'ELOOP':
      return `${place} is a link that leads back to itself. Put the file in its place: rm ${shellWord(place)}, then copy it there.`;
    case 'ENOENT': {
      const target = await readlink(place).catch(() => undefined);
      return target === undefined
        ? `${place} is not there any more. Put it back, or start again to look for the data elsewhere.`
        : `${place} is a link to ${target}, which is not there. Mend the link, or put the file in its place.`;
    }
    default:
      return `${place} can't be read: ${messageOf(error)}. Mend that, or name another folder with --data DIR.`;
  }
}

/** The first of the folders down to `place`, or `place` itself, that one may not read. */
async function forbidden(place: string): Promise<{ culprit: string; right: 'r' | 'rx' }> {
  for (const folder of foldersAbove(place)) {
    if (!(await isAllowed(folder, constants.X_OK))) return { culprit: folder, right: 'rx' };
  }
  const isFolder = await stat(place).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return { culprit: place, right: isFolder ? 'rx' : 'r' };
}

async function fileAbove(place: string): Promise<string> {
  for (const folder of foldersAbove(place)) {
    const stats = await stat(folder).catch(() => undefined);
    if (stats !== undefined && !stats.isDirectory()) return folder;
  }
  return place;
}

function foldersAbove(place: string): string[] {
  const above = path.dirname(place);
  return above === place ? [] : [...foldersAbove(above), above];
}

async function isAllowed(place: string, mode: number): Promise<boolean> {
  return access(place, mode).then(
    () => true,
    () => false,
  );
}

async function isLink(place: string): Promise<boolean> {
  return lstat(place).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | null)?.code;
}
