/** What a likelihood of the user's own must do is tried on a few numbers, before a sweep begins. */
import { tf } from '../../engine/tfjs.ts';
import { messageOf } from '../../errors.ts';
import type { Likelihood } from '../../model/likelihood.ts';
import { uncompiled } from './compiling.ts';
import type { ModelledNumbers } from './example.ts';
import { resultFault } from './results.ts';
import { totalOf } from './total.ts';

/** `isWarning`: it can be trained with, though its values are not what they are called. */
export interface LikelihoodFault {
  readonly message: string;
  readonly isWarning: boolean;
}

/** From 1, of the sum of a probability over all values. */
const TOLERANCE = 0.02;

/**
 * Its first fault: a result of another shape or that isn't finite, a gradient that isn't that of its nats, an operation that the
 * compiled engine has no kernel for, or probabilities that don't sum to 1. Undefined where there is none.
 */
export async function faultOf(likelihood: Likelihood, numbers: ModelledNumbers): Promise<LikelihoodFault | undefined> {
  const before = tf.getBackend();
  tf.enableProdMode();
  await tf.setBackend('cpu');
  try {
    const failure = tf.tidy(() => resultFault(likelihood, numbers)) ?? uncompiled(likelihood, numbers);
    if (failure !== undefined) return { message: failure, isWarning: false };
    const total = tf.tidy(() => totalOf(likelihood, numbers, TOLERANCE));
    if (total === undefined || Math.abs(total - 1) <= TOLERANCE) return undefined;
    const message = `e^−nats of one number comes to ${total.toPrecision(3)} over all its values, and a probability to 1: its ELBO is no bound on log p(x)`;
    return { message, isWarning: true };
  } catch (error) {
    return { message: messageOf(error), isWarning: false };
  } finally {
    if (before) await tf.setBackend(before);
  }
}
