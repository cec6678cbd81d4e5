import { joinTiles, someTiles, type Tiles } from '../../training/png.ts';
import type { BlockPanel } from '../panel.ts';

export const samples: BlockPanel = {
  kind: 'blocks',
  name: 'samples',
  title: () => 'images drawn from the prior',
  most: 8,
  describe: (across) =>
    `Each ${across} × ${across} images decoded from z drawn from the prior; trials of one latent_dim share their draws. Where a ` +
    'model is told labels, a row is a label, the first on top, and a column one z.',
  async draw({ source, across }) {
    const all = await source.samples();
    if (source.model.classes === undefined) return { tiles: someTiles(all, 0, across ** 2) };
    const rows = Array.from({ length: across }, (_, row) => someTiles(all, row * this.most, across));
    return { tiles: joinTiles(rows as [Tiles, ...Tiles[]]) };
  },
};
