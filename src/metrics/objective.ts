import { ALL_SPLITS, nats, type Metric } from './metric.ts';

/** D + β·R: what the trial minimised, so not to be compared between trials of different β (Higgins et al. 2017). */
export const objective: Metric = {
  name: 'objective',
  ...nats('objective', 'training objective'),
  goal: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: ({ reconstruction, kl, beta }) => reconstruction + beta * kl,
};
