/** Whether training overflowed, and where it began: in a loss, a gradient or its square, or an evaluation. */
import type { TrialConfig } from '../trial/trial.ts';
import { momentName } from './adam.ts';
import type { ModelShape } from '../model/architecture.ts';
import { trainedSpecs, weightSpecs } from '../model/model.ts';
import {
  areFinite,
  describeLoss,
  diverged,
  nonFiniteMetric,
  nonFiniteTerm,
  type Diverged,
  type LossTerms,
} from './divergence.ts';
import type { TrainInputs } from './train.ts';
import type { TrainingState } from './training-state.ts';

/**
 * The `bad`-th step from here has a loss that isn't finite. `tensors` are what it started with: where the weights aren't
 * finite either, it was the gradient of the step before.
 */
export function lossOverflow(
  { model, state, config, train }: TrainInputs,
  bad: number,
  loss: LossTerms,
  tensors: TrainingState['tensors'],
): Diverged {
  const batches = Math.ceil(train.count / config.train.batchSize);
  const step = state.step + bad;
  if (!areFinite(weightsOf(model, tensors))) return gradientOverflow(step - 1, batches, state.lastLoss, config);
  const finite = state.lastLoss && `at step ${step - 1} still ${describeLoss(state.lastLoss)}`;
  return diverged({ step, epoch: Math.ceil(step / batches), what: nonFiniteTerm(loss)!, finite }, config.train);
}

function gradientOverflow(step: number, batches: number, loss: LossTerms | undefined, config: TrialConfig): Diverged {
  const finite = loss && `the loss still is: ${describeLoss(loss)}`;
  return diverged({ step, epoch: Math.ceil(step / batches), what: 'the gradient is not finite', finite }, config.train);
}

/**
 * Held-out images may overflow where training did not; or the last step broke the weights, which no loss has met yet and,
 * without held-out images, none would.
 */
export function epochOverflow(
  { model, state, config, validation }: TrainInputs,
  epoch: number,
  metrics: Readonly<Record<string, number>>,
): Diverged | undefined {
  const what = nonFiniteMetric(metrics);
  const { step, lastLoss, tensors } = state;
  const isSuspect = what !== undefined || !validation;
  if (isSuspect && !areFinite(weightsOf(model, tensors))) return gradientOverflow(step, step / epoch, lastLoss, config);
  const finite = lastLoss && `in training still ${describeLoss(lastLoss)}`;
  if (what !== undefined) return diverged({ step, epoch, what, finite }, config.train);
  if (areFinite(secondMoments(model, tensors))) return undefined;
  return diverged({ step, epoch, what: 'the square of a gradient is infinite', finite }, config.train);
}

export function weightsOf(model: ModelShape, tensors: TrainingState['tensors']): Record<string, Float32Array> {
  return Object.fromEntries(weightSpecs(model).map(({ name }) => [name, tensors[name]!]));
}

/** With an infinite one Adam divides by infinity: its weight would never move again, and no loss would tell. */
function secondMoments(model: ModelShape, tensors: TrainingState['tensors']): Record<string, Float32Array> {
  return Object.fromEntries(trainedSpecs(model).map(({ name }) => [name, tensors[momentName('second', name)]!]));
}
