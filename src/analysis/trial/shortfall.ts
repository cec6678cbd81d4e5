import type { TrialRecord } from '../../store/read-model.ts';

/** An ELBO below what a decoder reaches that shows the same image for every code (see `constantElbo`). */
export interface Shortfall {
  readonly metric: 'val/elbo' | 'test/elbo';
  readonly elbo: number;
  readonly kl: number;
  /** What a constant image has on the same images. */
  readonly constant: number;
}

/** Finite figures are no success by themselves. Undefined where the trial does better, or nobody looked. */
export function shortfallOf(metrics: Readonly<Record<string, number>>): Shortfall | undefined {
  for (const split of ['val', 'test'] as const) {
    const [elbo, constant] = [metrics[`${split}/elbo`], metrics[`${split}/constant_elbo`]];
    if (elbo !== undefined && constant !== undefined && elbo < constant) {
      return { metric: `${split}/elbo`, elbo, kl: metrics[`${split}/kl`] ?? 0, constant };
    }
  }
  return undefined;
}

/**
 * After a few steps, or under a strong beta, a trial may still be below: it says little in its code and is not far off
 * (an untrained convolution, which starts at an even grey, is the farthest). Anything else went wrong.
 */
export function hasHardlyLearnt({ elbo, kl, constant }: Shortfall): boolean {
  return elbo >= 2 * constant && kl <= 0.1 * Math.abs(constant);
}

/** That a trial went wrong; undefined also where it has only hardly learnt. */
export function severeShortfall(metrics: Readonly<Record<string, number>>): Shortfall | undefined {
  const shortfall = shortfallOf(metrics);
  return shortfall !== undefined && hasHardlyLearnt(shortfall) ? undefined : shortfall;
}

/** So few steps say nothing against the learning rate, unless they led far away. */
const FEW_STEPS = 200;
const FAR = 10;

/** Whether a trial that went wrong has hardly begun. */
export function isEarly({ elbo, constant }: Shortfall, steps: number | null): boolean {
  return steps !== null && steps < FEW_STEPS && constant - elbo <= FAR * Math.abs(constant);
}

/** Steps that a trial trained; null of one of an older version, whose images nobody counted. */
export function optimizerSteps({ epochs, images, config }: TrialRecord): number | null {
  return images === null ? null : epochs * Math.ceil(images.train / config.train.batchSize);
}

/** A best epoch that is worth something, and a last one that is not. */
export interface Fall {
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly last: Shortfall;
}

/** Undefined where the last epoch did not fall so low. */
export function fallOf({ state, metrics, lastElbo, bestEpoch, epochs }: TrialRecord): Fall | undefined {
  if (state !== 'completed' || lastElbo === null || bestEpoch === null || bestEpoch === epochs) return undefined;
  if (shortfallOf(metrics) !== undefined) return undefined;
  const last = shortfallOf({ ...metrics, 'val/elbo': lastElbo });
  return last && { bestEpoch, epochs, last };
}
