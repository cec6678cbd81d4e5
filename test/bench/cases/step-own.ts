import type { BenchCase } from '../bench-case.ts';
import { findMnist, findSprites, load, trainingImages } from '../images.ts';
import { measureSteps } from '../training-step.ts';

const [SMALL, LARGE, IMAGES] = [28, 32, 10_000] as const;

export const benchCase: BenchCase = {
  name: 'step-own',
  measures:
    "One training step of what images of one's own ask for, batch 128, one thread, chunks of 50 steps: a Gaussian " +
    'likelihood (sigma 0.2, MLP 784-400-20), and a convolutional model (32 and 64 channels, 20 latents) on colour images ' +
    'of 32×32, whose channels are three sprites.',
  peer: 'PyTorch at its best (see above), images in memory as floats',
  usesPyTorch: true,

  async run(bench) {
    const mnist = await findMnist(bench, { train: IMAGES, validation: 0 });
    const common = { activation: 'relu', latentDim: 20, channels: 1, outputChannels: 1 } as const;
    const gaussian = await measureSteps(bench, {
      what: 'Gaussian MLP 784-400-20',
      model: {
        ...{ ...common, architecture: 'mlp', likelihood: 'gaussian', height: SMALL, width: SMALL },
        own: { hidden: [400], sigma: 0.2 },
      },
      images: trainingImages(await load(mnist), SMALL, IMAGES),
      notes: mnist.notes,
      speed: { minimum: 1.15, aim: 1.5 },
      share: { minimum: 0.75, aim: 0.9 },
    });
    const { train } = await load(await findSprites({ train: null, validation: null }));
    const colour = await measureSteps(bench, {
      what: 'colour conv 32-64, 32×32×3',
      model: {
        ...{ ...common, architecture: 'conv', likelihood: 'bernoulli', height: LARGE, width: LARGE },
        ...{ channels: 3, outputChannels: 3, own: { channels: [32, 64] } },
      },
      images: inColour(train.images),
      notes: [],
      speed: { minimum: 1.15, aim: 1.5 },
      share: { minimum: 0.6, aim: 0.8 },
    });
    return [...gaussian, ...colour];
  },
};

/** As many images, each of three grey ones: the channels of a pixel together. */
function inColour(grey: Uint8Array): Uint8Array {
  const pixels = LARGE * LARGE;
  return new Uint8Array(3 * grey.length).map((_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    return grey[(pixel + 17 * channel * pixels) % grey.length]!;
  });
}
