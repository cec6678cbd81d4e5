import { joinTiles, someTiles, toTiles } from '../../training/png.ts';
import type { StripPanel } from '../panel.ts';
import { encodeKept } from '../latents.ts';

export const interpolations: StripPanel = {
  kind: 'strips',
  name: 'interpolations',
  title: (images) => `from one ${images} image to another`,
  most: 12,
  heading: null,
  describe: (across, images) =>
    `At both ends the first two of the ${images} images as they are; between them ${across - 2} images decoded on the straight ` +
    'line from the posterior mean of the one to that of the other, half under the label of each where models are told it.',
  ticks: (across) => ['image 1', ...Array<string>(across - 2).fill(''), 'image 2'],
  async draw({ source, across }) {
    const { originals } = await source.reconstructions();
    const [from, to] = await encodeKept(source, 2);
    const [label = 0, other = 0] = await source.keptLabels();
    const steps = across - 2;
    const line = Array.from({ length: steps }, (_, i) => i / (steps - 1));
    const latents = line.flatMap((t) => Array.from(from!, (z, j) => z + t * (to![j]! - z)));
    // A label has no values in between.
    const labels = line.map((t) => (t < 0.5 ? label : other));
    const decoded = (await source.trained()).decode(Float32Array.from(latents), labels);
    const between = toTiles(decoded, steps, source.model);
    return { tiles: joinTiles([someTiles(originals, 0, 1), between, someTiles(originals, 1, 1)]) };
  },
};
