/** Adam (Kingma & Ba 2015, algorithm 1), with the defaults of the paper; AdamW (Loshchilov & Hutter 2019) with `decay`. */
import { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import { power } from '../power.ts';

const DECAY_FIRST = 0.9;
const DECAY_SECOND = 0.999;
const EPSILON = 1e-8;

export function momentName(order: 'first' | 'second', weight: string): string {
  return `adam.${order}.${weight}`;
}

/**
 * What depends on the step number t (1-based), computed outside of the program in double precision. The moments are kept
 * without the paper's factors 1 − 0.9 and 1 − 0.999, which saves two passes over all weights; with M and V such sums,
 *
 *   rate·m̂ / (√v̂ + 1e-8) = stepSize·M / (√V + stabilizer)
 */
export function adamSchedule(learningRate: number, t: number): { stepSize: number; stabilizer: number } {
  const first = (1 - DECAY_FIRST) / (1 - power(DECAY_FIRST, t));
  const second = Math.sqrt((1 - DECAY_SECOND) / (1 - power(DECAY_SECOND, t)));
  return { stepSize: (learningRate * first) / second, stabilizer: EPSILON / second };
}

/**
 * The state after one step. `step` holds the scalars of adamSchedule and, to clip, `clipNorm`: gradients are then
 * scaled down together so that their global L2 norm is at most that. With `decay`, the rate times the weight decay, that
 * share of each weight goes; biases have no part in it.
 */
export function adamStep(state: Tensors, gradients: Tensors, step: Tensors): Tensors {
  const clipped = step['clipNorm'] ? clip(gradients, step['clipNorm']) : gradients;
  const next: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(clipped)) {
    const [firstName, secondName] = [momentName('first', name), momentName('second', name)];
    const first = tf.add(tf.mul(state[firstName]!, DECAY_FIRST), gradient);
    const second = tf.add(tf.mul(state[secondName]!, DECAY_SECOND), tf.square(gradient));
    const direction = tf.div(first, tf.add(tf.sqrt(second), step['stabilizer']!));
    const before = state[name]!;
    const kept = step['decay'] && name.endsWith('.weight') ? tf.sub(before, tf.mul(before, step['decay'])) : before;
    next[name] = tf.sub(kept, tf.mul(direction, step['stepSize']!));
    next[firstName] = first;
    next[secondName] = second;
  }
  return next;
}

/** Where squares of float32 overflow, norms are taken of gradients this much smaller: their squares fit in, all of them. */
const SHRINK = 2 ** -80;
const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** The gradients times clipNorm / max(norm, clipNorm), which is 1 for those that are short enough. */
function clip(gradients: Tensors, clipNorm: tf.Tensor): Tensors {
  const all = Object.values(gradients);
  const isTooLong = tf.greater(sumOfSquares(all), LARGEST_FLOAT32);
  const shrink = tf.where(isTooLong, SHRINK, tf.scalar(1));
  const norm = tf.sqrt(sumOfSquares(all.map((gradient) => tf.mul(gradient, shrink))));
  const scale = tf.div(clipNorm, tf.maximum(norm, tf.mul(clipNorm, shrink)));
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(tf.mul(gradient, shrink), scale)]),
  );
}

function sumOfSquares(tensors: readonly tf.Tensor[]): tf.Tensor {
  const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)));
  return squares.reduce((sum, square) => tf.add(sum, square));
}
