import { ALL_SPLITS, nats, type Metric } from './metric.ts';

export const kl: Metric = {
  name: 'kl',
  definition: 'rate R = KL(q(z|x) ‖ p(z)) (Alemi et al. 2018)',
  ...nats('KL', 'KL'),
  goal: null,
  // As a rate: of two codes that lose as much, the shorter one.
  goalBeside: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: (measured) => measured.kl,
};
