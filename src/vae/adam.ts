/** Adam (Kingma & Ba 2015, algorithm 1), with the defaults of the paper. */
import * as tf from '@tensorflow/tfjs';
import type { Tensors } from '../engine/engine.ts';

const DECAY_FIRST = 0.9;
const DECAY_SECOND = 0.999;
const EPSILON = 1e-8;

export function momentName(order: 'first' | 'second', weight: string): string {
  return `adam.${order}.${weight}`;
}

/**
 * What depends on the step number t (1-based), computed outside of the program in double precision:
 * stepSize = rate / (1 − 0.9ᵗ), varianceCorrection = 1 / √(1 − 0.999ᵗ).
 */
export function adamSchedule(learningRate: number, t: number): { stepSize: number; varianceCorrection: number } {
  return {
    stepSize: learningRate / (1 - DECAY_FIRST ** t),
    varianceCorrection: 1 / Math.sqrt(1 - DECAY_SECOND ** t),
  };
}

/**
 * The state after one step. `step` holds the scalars of adamSchedule and, to clip, `clipNorm`: gradients are then
 * scaled down together so that their global L2 norm is at most that.
 */
export function adamStep(state: Tensors, gradients: Tensors, step: Tensors): Tensors {
  const scale = step['clipNorm'] && clipScale(Object.values(gradients), step['clipNorm']);
  const next: Record<string, tf.Tensor> = {};
  for (const [name, raw] of Object.entries(gradients)) {
    const gradient = scale ? tf.mul(raw, scale) : raw;
    const [firstName, secondName] = [momentName('first', name), momentName('second', name)];
    const first = tf.add(tf.mul(state[firstName]!, DECAY_FIRST), tf.mul(gradient, 1 - DECAY_FIRST));
    const second = tf.add(tf.mul(state[secondName]!, DECAY_SECOND), tf.mul(tf.square(gradient), 1 - DECAY_SECOND));
    const deviation = tf.add(tf.mul(tf.sqrt(second), step['varianceCorrection']!), EPSILON);
    next[name] = tf.sub(state[name]!, tf.div(tf.mul(first, step['stepSize']!), deviation));
    next[firstName] = first;
    next[secondName] = second;
  }
  return next;
}

/** clipNorm / max(norm, clipNorm): 1 for gradients that are short enough. */
function clipScale(gradients: readonly tf.Tensor[], clipNorm: tf.Tensor): tf.Tensor {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
  return tf.div(clipNorm, tf.maximum(norm, clipNorm));
}
