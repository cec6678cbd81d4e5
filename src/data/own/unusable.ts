import { SweepError } from '../../errors.ts';

/** The error for images of a user's own that can't be read: where, what is wrong, and what helps. All three are sentences. */
export function unusable(place: string, what: string, fix: string): SweepError {
  return new SweepError('DATA_CORRUPT', `${place}: ${what}. ${fix}.`);
}
