import { renderSprites, SPRITES, spriteClasses, spriteCount } from '../sprites.ts';
import type { GeneratedDataset } from '../definition.ts';

export const sprites: GeneratedDataset = {
  kind: 'generated',
  name: 'sprites',
  description: 'the same of six sizes and more places, compatible with dSprites (Matthey et al. 2017)',
  otherThings: ['3d_sprites'],
  height: SPRITES.size,
  width: SPRITES.size,
  channels: 1,
  images: spriteCount(SPRITES),
  // All of it would take 3 GB: by default a fixed random draw of 50,000, and more on request (`train: 700000`).
  splits: { train: 40_000, validation: 5000, test: 5000 },
  hasTestSet: false,
  isBinary: true,
  classes: spriteClasses(SPRITES),
  recipeVersion: 1,
  sampleSha256: '85c71cadbc986e977fa56e8c1bd7b75f5c5106b5c8da596bd270b7c3f29ae352',
  take: (indices) => renderSprites(SPRITES, indices),
};
