import { ALL_SPLITS, nats, type Metric } from './metric.ts';

/**
 * The evidence lower bound of log p(x), nats per image, always at β = 1 whatever β the trial trained with:
 * ELBO = −(D + R), with the distortion (reconstruction) D = −E log p(x|z) and the rate R = KL(q(z|x) ‖ p(z)).
 * Source: Kingma & Welling 2014, eq. 3; D and R as in Alemi et al. 2018.
 */
export const elbo: Metric = {
  name: 'elbo',
  ...nats('elbo', 'ELBO'),
  unit: 'nats per image at β = 1',
  goal: 'maximize',
  splits: ALL_SPLITS,
  ranks: true,
  of: ({ reconstruction, kl }) => -(reconstruction + kl),
};
