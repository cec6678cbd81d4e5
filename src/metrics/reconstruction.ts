import { ALL_SPLITS, nats, type Metric } from './metric.ts';

export const reconstruction: Metric = {
  name: 'reconstruction',
  definition: 'distortion D = −E log p(x|z) over q(z|x), from one sample of z (Alemi et al. 2018)',
  ...nats('recon', 'reconstruction'),
  goal: 'minimize',
  splits: ALL_SPLITS,
  ranks: true,
  of: (measured) => measured.reconstruction,
};
