/** The parameters a sweep may vary: which values each may take, its default, and what the editor says about it. */
import { z } from 'zod';
import { ACTIVATIONS, ARCHITECTURES, INITIALIZATIONS, LIKELIHOODS } from '../trial/trial.ts';
import { float32 } from './float32.ts';
import type { UserParameterName } from './naming.ts';
import type { ParameterValue } from './spec.ts';

interface ParameterDefinition {
  readonly value: z.ZodType<ParameterValue>;
  readonly default: ParameterValue;
  readonly description: string;
  /** Why its list can't be longer. */
  readonly limit?: string;
}

export const PARAMETERS = {
  architecture: {
    value: z.enum(ARCHITECTURES),
    default: 'mlp',
    description: 'mlp: dense layers (see hidden). conv: 4×4 convolutions with stride 2 (see channels).',
  },
  hidden: {
    value: z.array(z.int().min(1).max(16384)).min(1).max(16),
    default: [512],
    description:
      "Widths of the encoder's dense layers, mirrored in the decoder; only for mlp. A list of numbers is one value, a list of lists gives choices.",
  },
  channels: {
    value: z.array(z.int().min(1).max(2048)).min(1).max(5),
    default: [32, 64],
    limit: 'each halves the image, and five make 28×28 or 32×32 a single pixel',
    description:
      "Channels of the encoder's convolutions, mirrored in the decoder; only for conv. A list of numbers is one value, a list of lists gives choices.",
  },
  activation: {
    value: z.enum(ACTIVATIONS),
    default: 'relu',
    description: 'Non-linearity after each hidden layer.',
  },
  init: {
    value: z.enum(INITIALIZATIONS),
    default: 'he',
    description:
      'How weights are drawn. he: hidden layers by their activation (He et al. 2015), heads as glorot, output a tenth of that. glorot: all by their width alone.',
  },
  latent_dim: {
    value: z.int().min(1).max(4096),
    default: 10,
    description: 'Number of latent dimensions.',
  },
  beta: {
    value: float32(z.number().min(0), { tooSmall: 'write 0 for an autoencoder with noise' }),
    default: 1,
    description: 'Weight of the KL term in the training objective. 1 is the VAE; 0 an autoencoder with noise.',
  },
  learning_rate: {
    value: float32(z.number().positive().max(10)),
    default: 1e-3,
    description: "Adam's step size.",
  },
  likelihood: {
    value: z.enum(LIKELIHOODS),
    default: 'bernoulli',
    description:
      'How the decoder models a pixel. bernoulli: cross-entropy with the grey value as the probability of 1.',
  },
} as const satisfies Record<UserParameterName, ParameterDefinition>;

/** In the user's spelling, in the order in which a configuration is shown. */
export const PARAMETER_NAMES = Object.keys(PARAMETERS) as UserParameterName[];
