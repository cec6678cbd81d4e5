import { ALL_SPLITS, nats, type Metric } from './metric.ts';

export const objective: Metric = {
  name: 'objective',
  definition:
    'D + β·R, which the trial minimised: not to be compared between trials of different β (Higgins et al. 2017)',
  ...nats('objective', 'training objective'),
  goal: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: ({ reconstruction, kl, beta }) => reconstruction + beta * kl,
};
