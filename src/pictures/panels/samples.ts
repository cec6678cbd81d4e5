import { someTiles } from '../../training/png.ts';
import type { BlockPanel } from '../panel.ts';

export const samples: BlockPanel = {
  kind: 'blocks',
  name: 'samples',
  title: () => 'images drawn from the prior',
  most: 8,
  describe: (across) =>
    `Each ${across} × ${across} images decoded from z drawn from the prior; trials of one latent_dim share their draws.`,
  async draw({ source, across }) {
    const all = await source.samples();
    return { tiles: someTiles(all, 0, across ** 2) };
  },
};
