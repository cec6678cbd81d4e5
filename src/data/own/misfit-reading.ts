import { SweepError } from '../../errors.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { unusable } from './unusable.ts';

export interface Misfit {
  readonly place: string;
  readonly key: keyof OwnReading;
  /** Whether the key is of no such data, or what it says isn't there; of one that isn't said, that it has to be. */
  readonly at: 'key' | 'value';
  /** Both without their full stops. */
  readonly what: string;
  readonly fix: string;
  /** Of several that a value names, those that aren't there. */
  readonly missing?: readonly string[];
}

/** What a spec asks of data that are of no such kind, or haven't what it names. */
export class MisfitReading extends SweepError {
  readonly misfit: Misfit;

  constructor(misfit: Misfit) {
    super('DATA_CORRUPT', unusable(misfit.place, misfit.what, misfit.fix).message);
    this.misfit = misfit;
  }
}
