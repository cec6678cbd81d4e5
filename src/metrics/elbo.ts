import { ALL_SPLITS, nats, type Metric } from './metric.ts';

export const elbo: Metric = {
  name: 'elbo',
  definition: 'evidence lower bound of log p(x), −(D + R), at β = 1 whatever β trained (Kingma & Welling 2014, eq. 3)',
  ...nats('elbo', 'ELBO'),
  unit: 'nats per image at β = 1',
  goal: 'maximize',
  splits: ALL_SPLITS,
  ranks: true,
  of: ({ reconstruction, kl }) => -(reconstruction + kl),
};
