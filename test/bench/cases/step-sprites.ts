import type { BenchCase } from '../bench-case.ts';
import { findSprites, load } from '../images.ts';
import { measureSteps } from '../training-step.ts';

export const benchCase: BenchCase = {
  name: 'step-sprites',
  measures:
    'One training step of the default spec on sprites-mini (32×32, batch 128, 10 latents): the MLP of 512 and the ' +
    'convolutional model of 32 and 64 channels, one thread, chunks of 50 steps on its 4,608 training images. For ' +
    'information also beside PyTorch as installed, without any of what its best set-up has.',
  peer: 'PyTorch at its best (see above), images in memory as floats',
  usesPyTorch: true,

  async run(bench) {
    const { train, height, width } = await load(await findSprites({ train: null, validation: null }));
    const common = {
      activation: 'relu',
      likelihood: 'bernoulli',
      latentDim: 10,
      height,
      width,
      channels: 1,
      outputChannels: 1,
    } as const;
    const mlp = await measureSteps(bench, {
      what: 'sprites-mini MLP',
      model: { ...common, architecture: 'mlp', own: { hidden: [512] } },
      images: train.images,
      notes: [],
      besideInstalled: true,
      speed: { minimum: 1.6, aim: 2 },
      share: { minimum: 0.7, aim: 0.85 },
    });
    const conv = await measureSteps(bench, {
      what: 'sprites-mini conv',
      model: { ...common, architecture: 'conv', own: { channels: [32, 64] } },
      images: train.images,
      notes: [],
      speed: { minimum: 1.5, aim: 1.8 },
      share: { minimum: 0.62, aim: 0.8 },
    });
    return [...mlp, ...conv];
  },
};
