import type { BenchCase } from '../bench-case.ts';
import { findMnist, load, trainingImages } from '../images.ts';
import { measureSteps } from '../training-step.ts';

const SIZE = 28;

export const benchCase: BenchCase = {
  name: 'step-conv',
  measures:
    'One training step (Bernoulli likelihood, Adam, batch 128) of a convolutional model (32 and 64 channels, 4×4, ' +
    'stride 2, 20 latents) on 28×28 images, one thread: chunks of 50 steps on 10,000 images in memory, making their ' +
    "inputs included. The floor: matrix products at the best sgemm peak measured, plus Adam's memory traffic.",
  peer: 'PyTorch at its best (see above), images in memory as floats',
  usesPyTorch: true,

  async run(bench) {
    const dataset = await findMnist(bench, { train: 10_000, validation: 0 });
    const shape = {
      architecture: 'conv',
      activation: 'relu',
      likelihood: 'bernoulli',
      height: SIZE,
      width: SIZE,
      channels: 1,
      outputChannels: 1,
    } as const;
    return measureSteps(bench, {
      what: 'conv 32-64, 28×28',
      model: { ...shape, own: { channels: [32, 64] }, latentDim: 20 },
      images: trainingImages(await load(dataset), SIZE, 10_000),
      notes: dataset.notes,
      speed: { minimum: 1.5, aim: 1.8 },
      share: { minimum: 0.62, aim: 0.8 },
    });
  },
};
