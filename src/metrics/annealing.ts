import type { Metric } from './metric.ts';

/** So that whoever looks for the best epoch knows which can't be it. */
export const annealing: Metric = {
  name: 'annealing',
  definition: '1 of an epoch in which beta or capacity was still rising: it can not be the best; others have none',
  label: 'annealing',
  amount: 'annealing',
  unit: '1 or none',
  goal: null,
  decimals: 0,
  splits: ['train'],
  ranks: false,
  of: ({ isAnnealing }) => (isAnnealing === true ? 1 : undefined),
};
