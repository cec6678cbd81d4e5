import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { adamSchedule, adamStep } from '../../src/training/adam.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** Applies `gradients` one after another to a weight of 1 and returns its values. */
function descend(gradients: readonly number[][], rate: number, clipNorm?: number): number[][] {
  let state: Record<string, tf.Tensor> = {
    w: tf.tensor1d([1, 1]),
    'adam.first.w': tf.zeros([2]),
    'adam.second.w': tf.zeros([2]),
  };
  return gradients.map((gradient, i) => {
    const { stepSize, stabilizer } = adamSchedule(rate, i + 1);
    const step = {
      stepSize: tf.scalar(stepSize),
      stabilizer: tf.scalar(stabilizer),
      ...(clipNorm !== undefined && { clipNorm: tf.scalar(clipNorm) }),
    };
    state = adamStep(state, { w: tf.tensor1d(gradient) }, step);
    return [...state['w']!.dataSync()];
  });
}

it('follows algorithm 1 of Kingma & Ba, in double precision by hand', () => {
  const gradients = [
    [1, -2],
    [0.5, 3],
    [-4, 0.1],
  ];
  const [m, v, w] = [
    [0, 0],
    [0, 0],
    [1, 1],
  ];
  const expected = gradients.map((gradient, i) =>
    gradient.map((g, j) => {
      m[j] = 0.9 * m[j]! + 0.1 * g;
      v[j] = 0.999 * v[j]! + 0.001 * g * g;
      w[j]! -= (0.01 * m[j]) / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v[j] / (1 - 0.999 ** (i + 1))) + 1e-8);
      return w[j]!;
    }),
  );
  descend(gradients, 0.01).forEach((values, i) =>
    values.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 6)),
  );
});

it('moves by the learning rate at first, whatever the gradient’s size', () => {
  expect(descend([[1e-3, -1e3]], 0.01)[0]!.map((value) => value - 1)).toEqual([
    expect.closeTo(-0.01, 5),
    expect.closeTo(0.01, 5),
  ]);
});

it('clips by the global norm: long gradients shrink together, short ones stay', () => {
  // (3, 4) has norm 5; at most 1 leaves (0.6, 0.8). Adam's second step tells the difference.
  const clipped = descend(
    [
      [3, 4],
      [0.1, 0],
    ],
    0.01,
    1,
  );
  const byHand = descend(
    [
      [0.6, 0.8],
      [0.1, 0],
    ],
    0.01,
  );
  clipped.forEach((values, i) => values.forEach((value, j) => expect(value).toBeCloseTo(byHand[i]![j]!, 6)));
});

it('clips gradients whose squares overflow, as those a power of two shorter (issue 10, line 1)', () => {
  const huge = descend(
    [
      [3e25, -4e25],
      [1, 2],
      [3e38, 1e38],
    ],
    0.01,
    1,
  );
  const byHand = descend(
    [
      [0.6, -0.8],
      [1 / Math.sqrt(5), 2 / Math.sqrt(5)],
      [0.9486833, 0.31622777],
    ],
    0.01,
  );
  huge.forEach((values, i) => values.forEach((value, j) => expect(value).toBeCloseTo(byHand[i]![j]!, 6)));
});

it('lets a gradient that is not finite through to the weights, where it is found', () => {
  for (const bad of [Infinity, NaN]) expect(descend([[bad, 1]], 0.01, 1)[0]![0]).toBeNaN();
});

it('takes the decay from weights as AdamW does, algorithm 2 of Loshchilov & Hutter, and from biases nothing', () => {
  const names = ['layer.weight', 'layer.bias'];
  const of = (value: number) => Object.fromEntries(names.map((name) => [name, tf.tensor1d([value])]));
  const moments = names.flatMap((name) => ['first', 'second'].map((order) => [`adam.${order}.${name}`, tf.zeros([1])]));
  const { stepSize, stabilizer } = adamSchedule(0.1, 1);
  const state = { ...of(2), ...(Object.fromEntries(moments) as Record<string, tf.Tensor>) };
  const step = { stepSize: tf.scalar(stepSize), stabilizer: tf.scalar(stabilizer), decay: tf.scalar(0.1 * 0.5) };
  const next = adamStep(state, of(3), step);
  // Adam's first step is as long as the rate: 2 − 0.1; of the weight 0.1 · 0.5 · 2 goes, too.
  expect(next['layer.weight']!.dataSync()[0]).toBeCloseTo(1.8, 5);
  expect(next['layer.bias']!.dataSync()[0]).toBeCloseTo(1.9, 5);
});
