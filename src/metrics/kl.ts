import { ALL_SPLITS, nats, type Metric } from './metric.ts';

/** The rate R = KL(q(z|x) ‖ p(z)). */
export const kl: Metric = {
  name: 'kl',
  ...nats('KL', 'KL'),
  goal: null,
  splits: ALL_SPLITS,
  ranks: true,
  of: (measured) => measured.kl,
};
