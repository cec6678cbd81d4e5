import { SweepError } from '../../errors.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { unusable } from './unusable.ts';

/** What a spec asks of data that are of no such kind; the key is where it asks it. */
export class MisfitReading extends SweepError {
  readonly key: keyof OwnReading;
  /** Both without their full stops. */
  readonly what: string;
  readonly fix: string;

  constructor(place: string, key: keyof OwnReading, what: string, fix: string) {
    super('DATA_CORRUPT', unusable(place, what, fix).message);
    this.key = key;
    this.what = what;
    this.fix = fix;
  }

  /** The same of what the file was made of. */
  of(place: string): MisfitReading {
    return new MisfitReading(place, this.key, this.what, this.fix);
  }
}
