import { expect, test } from 'vitest';
import { bestPeaks, floorMs, stepFlops } from './floor.ts';

const common = {
  activation: 'relu',
  likelihood: 'bernoulli',
  latentDim: 20,
  height: 28,
  width: 28,
  channels: 1,
  outputChannels: 1,
} as const;

test('the products of an MLP, by hand', () => {
  const forward = 784 * 400 + 2 * 400 * 20 + 20 * 400 + 400 * 784;
  expect(stepFlops({ ...common, architecture: 'mlp', own: { hidden: [400] } }, 128)).toBe(
    256 * (3 * forward - 784 * 400),
  );
});

test('the products of a convolutional model, by hand', () => {
  const [first, second] = [14 * 14 * 16 * 32, 7 * 7 * 16 * 32 * 64];
  const forward = 2 * (first + second) + 3 * 3136 * 20;
  expect(stepFlops({ ...common, architecture: 'conv', own: { channels: [32, 64] } }, 128)).toBe(
    256 * (3 * forward - first),
  );
});

test('honest figures: the floor is that of the larger peak, whoever showed it', () => {
  const model = { ...common, architecture: 'mlp', own: { hidden: [400] } } as const;
  const ours = { flopsPerMs: 1e8, bytesPerMs: 2e7 };
  const peer = { flopsPerMs: 2e8, bytesPerMs: 1e7 };
  const both = { flopsPerMs: 2e8, bytesPerMs: 2e7 };
  expect(bestPeaks(ours, peer)).toEqual(both);
  expect(bestPeaks(peer, ours)).toEqual(both);
  expect(floorMs(model, 128, bestPeaks(ours, peer))).toBeLessThan(floorMs(model, 128, ours));
});
