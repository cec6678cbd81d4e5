import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** What the system says of one path. A full or failing disk, a quota, too few file handles are said of all alike. */
const OF_ONE_PATH = /^(ERR_FS_EISDIR|EISDIR|ENOTDIR|EEXIST|ENOTEMPTY|ENOENT|EACCES|EPERM|ELOOP|ENXIO)$/;

/**
 * Whether trouble with the files in a trial's folder is that trial's own: the sweep's folder around it can be written,
 * so the other trials don't meet it.
 */
export function isOwnTrouble(code: string | undefined, directory: string): boolean {
  if (code === undefined || !OF_ONE_PATH.test(code)) return false;
  try {
    accessSync(path.dirname(directory), constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
