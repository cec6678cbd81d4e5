import { HELD_OUT, nats, type Metric } from './metric.ts';

/**
 * The ELBO of a model that has learnt nothing (see `Likelihood.constantElbo`). It follows from the data alone, so a trial
 * has it once and no epoch measures it.
 */
export const constantElbo: Metric = {
  name: 'constant_elbo',
  definition:
    'ELBO of a decoder that shows the mean of the training images whatever the code: a trial below learnt nothing yet, or went wrong',
  ...nats('constant', 'a constant image'),
  goal: null,
  splits: HELD_OUT,
  ranks: false,
  of: () => undefined,
};
