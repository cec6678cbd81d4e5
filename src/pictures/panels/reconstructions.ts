import { someTiles } from '../../training/png.ts';
import type { StripPanel } from '../panel.ts';

export const reconstructions: StripPanel = {
  kind: 'strips',
  name: 'reconstructions',
  title: (images) => `${images} images and their reconstructions`,
  most: 16,
  heading: 'originals',
  describe: (across, images) =>
    `On top the first ${across} ${images} images, the same for all; below what each trial decodes from their posterior means.`,
  async draw({ source, across }) {
    const { originals, reconstructions: decoded } = await source.reconstructions();
    const shown = Math.min(across, originals.count);
    return { tiles: someTiles(decoded, 0, shown), heading: someTiles(originals, 0, shown) };
  },
};
