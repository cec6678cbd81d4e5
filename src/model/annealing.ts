/** In which epochs of a training its objective is not yet what it is to be. */
import { betaCycles, betaSchedule, betaWarmup, capacityWarmup } from './objective-parameters.ts';
import { valueOr, type Parameters } from './parameter.ts';

/** Over which part of a cycle beta rises (Fu et al. 2019, R). */
export const RISING_PART = 0.5;

export interface PlannedTraining {
  readonly parameters: Parameters;
  readonly epochs: number;
}

/** Whether some step of the epoch (1-based) had less than the full beta or capacity: it is never the best. */
export function isAnnealing({ parameters, epochs }: PlannedTraining, epoch: number): boolean {
  if (epoch === epochs) return false;
  const schedule = valueOr(parameters, betaSchedule);
  const cycles = valueOr(parameters, betaCycles);
  // Where in its cycle the epoch begins, in parts of a cycle of which there are as many as epochs.
  const begins = ((epoch - 1) * cycles) % epochs;
  const isRising =
    schedule === 'cyclical'
      ? begins < epochs * RISING_PART || begins + cycles > epochs
      : schedule !== 'constant' && epoch <= valueOr(parameters, betaWarmup);
  return isRising || ('capacity_warmup' in parameters && epoch <= valueOr(parameters, capacityWarmup));
}
