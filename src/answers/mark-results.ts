/** Tags and notes of sweeps and trials: whom they are of, and what may be one. */
import { SweepError } from '../errors.ts';
import { findTrial, isSweepName } from './find-results.ts';
import type { ReadModel } from '../store/read-model.ts';
import type { Subject } from '../store/user-marks.ts';
import { count } from '../text/format-number.ts';
import { plain, printable } from '../text/printable.ts';

/** What `sweep tag` and `sweep note` are about, and what is said of it already. */
export interface Marked extends Subject {
  readonly tags: readonly string[];
  readonly note: string | null;
}

/** The sweep of this name, or the trial whose id begins so. Throws as `isSweepName` and `findTrial`. */
export function findMarked(model: ReadModel, word: string): Marked {
  if (isSweepName(model, word)) {
    const { name, tags, note } = model.sweeps().find((sweep) => sweep.name === word)!;
    return { kind: 'sweep', name, tags, note };
  }
  const { id, tags, note } = findTrial(model, word);
  return { kind: 'trial', name: id, tags, note };
}

const LONGEST_TAG = 40;
/** What stands in `--where tag=a,b` without quotes, and is neither a flag nor a range. */
const TAG = /^(?!.*\.\.)[\p{L}\p{N}_][\p{L}\p{N}_.:/+-]*$/u;

/** @throws SweepError USAGE for the first that is no tag, with the reason */
export function checkTags(tags: readonly string[]): void {
  for (const tag of tags) {
    const told = JSON.stringify(plain(tag).slice(0, LONGEST_TAG));
    const refuse = (reason: string): SweepError => new SweepError('USAGE', `${told} can't be a tag: ${reason}.`);
    if (tag === '') throw refuse('it is empty');
    const { length } = tag;
    if (length > LONGEST_TAG) {
      throw refuse(`it has ${length} characters, and ${LONGEST_TAG} are the most; \`sweep note\` takes a text`);
    }
    if (/\s/.test(tag))
      throw refuse('it has a space; several tags are words of their own, and `sweep note` takes a text');
    if (!TAG.test(tag))
      throw refuse('it takes letters, digits and _ . : / + -, and begins with a letter, a digit or _');
  }
}

const LONGEST_NOTE = 1000;

/** @throws SweepError USAGE for what is no note, with the reason */
export function checkNote(text: string): void {
  const refuse = (reason: string): SweepError => new SweepError('USAGE', `That can't be a note: ${reason}.`);
  if (text.trim() === '') throw refuse('it is empty; --remove takes a note away');
  const { length } = text;
  if (length > LONGEST_NOTE) throw refuse(`it has ${count(length, 'character')}, and ${LONGEST_NOTE} are the most`);
  if (printable(text) !== text || /[\n\t]/.test(text)) {
    throw refuse('it is one line, without control characters or marks that reorder text');
  }
}

/** @throws SweepError NOT_FOUND for a tag that it doesn't have */
export function checkHas({ name, tags }: Marked, wanted: readonly string[]): void {
  const missing = wanted.find((tag) => !tags.includes(tag));
  if (missing === undefined) return;
  const known = tags.length === 0 ? 'it has none' : `its tags: ${tags.map(plain).join(', ')}`;
  throw new SweepError('NOT_FOUND', `${plain(name)} has no tag ${JSON.stringify(plain(missing))}; ${known}.`);
}
