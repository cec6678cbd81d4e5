import { byKl } from '../../decoder/latents-data.ts';
import { encodeImages } from '../latents.ts';
import type { ScatterPanel } from '../panel.ts';
import { NoPicture } from '../picture-source.ts';

export const scatter: ScatterPanel = {
  kind: 'scatter',
  name: 'scatter',
  title: (images) => `where ${images} images lie in the latent space`,
  most: 1,
  describe: (_, images) =>
    `The posterior means of ${images} images in two latent dimensions: both where there are two, else the two with most ` +
    'KL. Dashed: two standard deviations of the prior.',
  async draw({ source, heldOut }) {
    const { model, trial } = source;
    if (model.latentDim < 2) throw new NoPicture('one latent dimension only');
    const kl = model.latentDim === 2 ? null : trial.klPerDimension;
    const [x, y] = byKl({ kl, model }) as [number, number];
    const { images, classes, labels } = await heldOut();
    const means = await encodeImages(source, images, labels);
    return {
      kind: 'scatter',
      points: Float32Array.from(means.flatMap((mean) => [mean[x]!, mean[y]!])),
      classes,
      axes: [`z${x + 1}`, `z${y + 1}`],
    };
  },
};
