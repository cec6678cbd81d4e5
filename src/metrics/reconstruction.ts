import { ALL_SPLITS, nats, type Metric } from './metric.ts';

/** The distortion D = −E_q(z|x) log p(x|z), from one sample of z. */
export const reconstruction: Metric = {
  name: 'reconstruction',
  ...nats('recon', 'reconstruction'),
  goal: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: (measured) => measured.reconstruction,
};
