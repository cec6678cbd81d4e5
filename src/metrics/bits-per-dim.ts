import { HELD_OUT, type Metric } from './metric.ts';

export const bitsPerDim: Metric = {
  name: 'bits_per_dim',
  definition:
    '−ELBO / (P · ln 2): bits for each of the P numbers of an image, where the likelihood is a probability: of 8-bit images, or of ones that binarization made black and white; others have none (Theis et al. 2016)',
  label: 'bits/dim',
  amount: 'bits per number',
  unit: 'bits per number at β = 1',
  goal: 'minimize',
  decimals: 3,
  splits: HELD_OUT,
  ranks: true,
  of: ({ reconstruction, kl, numbers }) =>
    numbers === undefined ? undefined : (reconstruction + kl) / (numbers * Math.LN2),
};
