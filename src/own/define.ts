/**
 * Likelihoods and metrics of a program's own, for the default export of a module that a spec names by `use`. Both functions only
 * check types: a plain object is as good. Loads nothing, since each thread that trains takes `vae-sweep` in such a module for it.
 */
import type { Measured } from '../metrics/metric.ts';
import type { Likelihood } from '../model/likelihood.ts';

/** As ours are (src/model/likelihood.ts); what a trial can do without may be left out. */
export type LikelihoodDefinition = Pick<
  Likelihood,
  | 'name'
  | 'family'
  | 'mass'
  | 'channels'
  | 'isOfReals'
  | 'isOfCounts'
  | 'notBinary'
  | 'outputChannels'
  | 'weights'
  | 'nats'
  | 'observe'
  | 'mean'
  | 'draw'
  | 'outputBias'
> &
  Partial<Pick<Likelihood, 'description' | 'constantElbo'>>;

/** A number for each evaluation of held-out images, after each epoch and at the end. */
export interface MetricDefinition {
  /** In words of a to z, digits and `_`: recorded as `val/NAME` and `test/NAME`. */
  readonly name: string;
  /** What it is, as a clause. */
  readonly description: string;
  readonly unit: string;
  /** Which end is better; null where neither is by itself. */
  readonly goal: 'maximize' | 'minimize' | null;
  /** Digits after the point that are shown, 0 to 10; left out: 2. */
  readonly decimals?: number;
  /** Column header; left out: its name. */
  readonly label?: string;
  /** What one unit of a difference is, in a sentence; left out: its unit, of its label. */
  readonly amount?: string;
  /** A finite number; undefined where what was measured doesn't tell it. */
  of(measured: EvaluationMeasured): number | undefined;
}

/** What an evaluation measured, in nats per image: D, R, what the objective adds to D, and sums over the images. */
export type EvaluationMeasured = Measured & Required<Pick<Measured, 'sums'>>;

/**
 * A likelihood of one's own, swept by its name like any other:
 *
 *     export default defineLikelihood({
 *       name: 'laplace',
 *       // p(x) = e^(−|x − output| / b) / 2b, b = 0.1
 *       nats: (tf, outputs, images) => tf.sum(tf.add(tf.mul(tf.abs(tf.sub(images, outputs)), 10), Math.log(0.2)), 1),
 *       mean: (tf, outputs) => tf.clipByValue(outputs, 0, 1),
 *       outputBias: (means) => [...means],
 *     });
 *
 * Its values have a scale of their own, unless `family` says which they share: that they do is your word.
 */
export function defineLikelihood(definition: LikelihoodDefinition): LikelihoodDefinition {
  return definition;
}

/**
 * A metric of one's own, recorded, ranked by and shown like any other:
 *
 *     export default defineMetric({
 *       name: 'rate_share',
 *       description: 'R / (D + R), how much of what an image costs is its code',
 *       unit: 'share',
 *       goal: null,
 *       of: ({ reconstruction, kl }) => kl / (reconstruction + kl),
 *     });
 */
export function defineMetric(definition: MetricDefinition): MetricDefinition {
  return definition;
}
