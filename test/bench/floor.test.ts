import { expect, test } from 'vitest';
import { stepFlops } from './floor.ts';

const common = { activation: 'relu', latentDim: 20, height: 28, width: 28 } as const;

test('the products of an MLP, by hand', () => {
  const forward = 784 * 400 + 2 * 400 * 20 + 20 * 400 + 400 * 784;
  expect(stepFlops({ ...common, architecture: 'mlp', widths: [400] }, 128)).toBe(256 * (3 * forward - 784 * 400));
});

test('the products of a convolutional model, by hand', () => {
  const [first, second] = [14 * 14 * 16 * 32, 7 * 7 * 16 * 32 * 64];
  const forward = 2 * (first + second) + 3 * 3136 * 20;
  expect(stepFlops({ ...common, architecture: 'conv', widths: [32, 64] }, 128)).toBe(256 * (3 * forward - first));
});
