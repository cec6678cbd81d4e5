import type { BenchCase, Measurement } from '../bench-case.ts';
import { findMnist, load, trainingImages } from '../images.ts';
import { measureSteps } from '../training-step.ts';

const SIZE = 28;
const MODELS = [
  { what: 'MLP 784-512-2', hidden: 512, latentDim: 2 },
  { what: 'MLP 784-400-20', hidden: 400, latentDim: 20 },
];

export const benchCase: BenchCase = {
  name: 'step-mlp',
  measures:
    'One training step (Bernoulli likelihood, Adam, batch 128) of an MLP on 28×28 images, one thread: chunks of 50 steps ' +
    'on 10,000 images in memory, making their inputs included. The floor, in the column of the peer: matrix products ' +
    "at the sgemm peak measured beside it (1024³, the better of ours and numpy's), plus Adam's memory traffic at the measured bandwidth; all else is free.",
  peer: 'PyTorch at its best (see above), images in memory as floats',
  usesPyTorch: true,

  async run(bench) {
    const dataset = await findMnist(bench, { train: 10_000, validation: 0 });
    const images = trainingImages(await load(dataset), SIZE, 10_000);
    const measurements: Measurement[] = [];
    for (const { what, hidden, latentDim } of MODELS) {
      const shape = {
        architecture: 'mlp',
        activation: 'relu',
        likelihood: 'bernoulli',
        height: SIZE,
        width: SIZE,
        channels: 1,
        outputChannels: 1,
      } as const;
      const rows = await measureSteps(bench, {
        what,
        model: { ...shape, own: { hidden: [hidden] }, latentDim },
        images,
        notes: dataset.notes,
        speed: { minimum: 1.3, aim: 1.6 },
        share: { minimum: 0.7, aim: 0.85 },
      });
      measurements.push(...rows);
    }
    return measurements;
  },
};
