import { ALL_SPLITS, nats, type Metric } from './metric.ts';

export const objective: Metric = {
  name: 'objective',
  definition:
    'what the trial minimised, D + β·R (Higgins et al. 2017) or as free_bits or capacity have it, at the full β: not to be compared between trials that minimised something else',
  ...nats('objective', 'training objective'),
  goal: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: ({ reconstruction, penalty }) => (penalty === undefined ? undefined : reconstruction + penalty),
};
