import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { SweepError } from '../../errors.ts';
import { STDIN } from '../../files/paths.ts';
import { nearest } from '../../sweep-file/suggest.ts';

/** Where ready specs lie, beside those of the folder itself. */
export const SPECS_FOLDER = 'sweeps';
const ENDING = /\.ya?ml$/i;

/**
 * The file that is meant by what stands in a spec's place: a path, or the name of a spec here or in `sweeps/`, with or
 * without `.yaml`.
 * @throws SweepError USAGE where there is none, naming those there are.
 */
export function findSpec(given: string): string {
  const kind = given === STDIN ? 'other' : kindOf(given);
  // What can't be looked at says why when it is read.
  if (kind === 'other' || kind === 'unknown') return given;
  const [file] = specsCalled(given);
  if (file !== undefined) return file;
  if (kind === 'folder') throw missing(`${given} is a folder, not a spec.`, given, specsIn(given));
  if (/^[\w.]+=/.test(given)) {
    throw new SweepError(
      'USAGE',
      `${given} replaces a part of a spec, and follows it: sweep run SPEC ${given}. ${listSpecs(specsHere())}`,
    );
  }
  throw missing(`There is no spec ${given}.`, given, specsHere());
}

/** Files that a name may mean, the nearest first. */
export function specsCalled(name: string): string[] {
  const names = ENDING.test(name) ? [name] : [`${name}.yaml`, `${name}.yml`];
  return [...names, ...names.map((file) => path.join(SPECS_FOLDER, file))].filter((file) => kindOf(file) === 'other');
}

export function specsHere(): string[] {
  return [...specsIn('.'), ...specsIn(SPECS_FOLDER)];
}

function kindOf(file: string): 'absent' | 'folder' | 'other' | 'unknown' {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return 'absent';
    return stats.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'unknown';
  }
}

function specsIn(folder: string): string[] {
  const names = kindOf(folder) === 'folder' ? readdirSync(folder) : [];
  return names
    .filter((name) => ENDING.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

const LISTED = 12;

function missing(problem: string, given: string, specs: readonly string[]): SweepError {
  const nameOf = (file: string): string => path.basename(file.replaceAll('\\', '/')).replace(ENDING, '');
  const near = nearest(nameOf(given), specs.map(nameOf));
  const meant = specs.find((file) => nameOf(file) === near);
  return new SweepError(
    'USAGE',
    `${problem}${meant === undefined ? '' : ` Did you mean ${meant}?`} ${listSpecs(specs)}`,
  );
}

/** A sentence that says what there is to give. */
export function listSpecs(specs: readonly string[]): string {
  if (specs.length === 0) return 'Give a YAML file, or - for stdin.';
  return `Specs here: ${specs.slice(0, LISTED).join(', ')}${specs.length > LISTED ? ', …' : ''}.`;
}
