import { expect, test } from 'vitest';
import { keepsCheckpoint } from '../../src/scheduler/remove-checkpoint.ts';
import { toyPlan } from '../support/toy-sweep.ts';

// `cosine` depends on how many epochs there are, so that nothing with more of them could go on from it.
test.each([
  ['pruned', 'constant', true],
  ['pruned', 'cosine', true],
  ['completed', 'constant', true],
  ['completed', 'cosine', false],
  ['diverged', 'constant', false],
  ['diverged', 'cosine', false],
] as const)('the checkpoint of a trial that is %s, with a %s rate, is kept: %s', (state, schedule, isKept) => {
  const { config } = toyPlan({ betas: [1], seeds: 1 }).trials[0]!;
  const parameters = { ...config.parameters, lr_schedule: schedule };
  expect(keepsCheckpoint({ state, config: { ...config, parameters } })).toBe(isKept);
});
