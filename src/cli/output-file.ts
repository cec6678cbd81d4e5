import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SweepError } from '../errors.ts';
import { isOwnFile } from '../files/paths.ts';

/** A file that the user names may be a link that the user made, but leads to none of the results. @throws SweepError USAGE */
export function refuseOwnFile(file: string, root: string): void {
  if (!existsSync(file)) return;
  const target = realpathSync(file);
  if (!isOwnFile(target) || !target.startsWith(`${realpathSync(root)}${path.sep}`)) return;
  throw new SweepError(
    'USAGE',
    `${file} is ${target === path.resolve(file) ? '' : `a link to ${target}, `}a file of the results themselves, and this ` +
      'would overwrite it. Name another file with -o.',
  );
}

export function isStdout(output: string | undefined): output is undefined | '-' {
  return output === undefined || output === '-';
}

/** Writes an answer to a file that the user names, and says so. @throws SweepError USAGE where it can't be written */
export function writeUserFile(file: string, content: string | Uint8Array, root: string): void {
  refuseOwnFile(file, root);
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new SweepError('USAGE', `Can't write ${file}: ${messageOf(error)}`, { cause: error });
  }
}
