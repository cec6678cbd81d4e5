/** What changes from step to step: steps count from 0, B of them an epoch. All values are shares of the full one. */
import { valueOr, type Parameters } from '../model/parameter.ts';
import { betaCycles, betaSchedule, betaWarmup, capacityWarmup } from '../model/objective-parameters.ts';
import { lrDecay, lrSchedule, lrStep, lrWarmup } from '../model/optimizer-parameters.ts';
import { RISING_PART } from '../model/annealing.ts';
import { power } from '../power.ts';

export interface Training {
  readonly parameters: Parameters;
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly batches: number;
}

/** How steep the sigmoid is: its ends lie at ± half of this, and are moved to 0 and 1. */
const SIGMOID_WIDTH = 12;

export function betaShare({ parameters, epochs, batches }: Training, step: number): number {
  const risen = step / (valueOr(parameters, betaWarmup) * batches);
  switch (valueOr(parameters, betaSchedule)) {
    case 'linear':
      return Math.min(1, risen);
    case 'sigmoid': {
      const sigmoid = (share: number): number => 1 / (1 + Math.exp(-SIGMOID_WIDTH * (share - 0.5)));
      return risen >= 1 ? 1 : (sigmoid(risen) - sigmoid(0)) / (sigmoid(1) - sigmoid(0));
    }
    case 'cyclical': {
      const steps = epochs * batches;
      return Math.min(1, ((step * valueOr(parameters, betaCycles)) % steps) / steps / RISING_PART);
    }
    default:
      return 1;
  }
}

export function capacityShare({ parameters, batches }: Training, step: number): number {
  const warmup = valueOr(parameters, capacityWarmup) * batches;
  return warmup === 0 ? 1 : Math.min(1, step / warmup);
}

/** Of the learning rate; the first step has some of it. */
export function rateShare({ parameters, epochs, batches }: Training, step: number): number {
  const warmup = valueOr(parameters, lrWarmup) * batches;
  if (step < warmup) return (step + 1) / warmup;
  switch (valueOr(parameters, lrSchedule)) {
    case 'cosine':
      return (1 + Math.cos((Math.PI * (step - warmup)) / (epochs * batches - warmup))) / 2;
    case 'step':
      return power(valueOr(parameters, lrDecay), Math.floor(step / (valueOr(parameters, lrStep) * batches)));
    default:
      return 1;
  }
}
