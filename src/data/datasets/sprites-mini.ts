import { renderSprites, SPRITES_MINI, spriteClasses, spriteCount } from '../sprites.ts';
import type { GeneratedDataset } from '../definition.ts';

export const spritesMini: GeneratedDataset = {
  kind: 'generated',
  name: 'sprites-mini',
  description: 'a square, ellipse or heart of two sizes, turned and moved',
  height: SPRITES_MINI.size,
  width: SPRITES_MINI.size,
  channels: 1,
  images: spriteCount(SPRITES_MINI),
  splits: { train: 4608, validation: 576, test: 576 },
  hasTestSet: false,
  isBinary: true,
  classes: spriteClasses(SPRITES_MINI),
  recipeVersion: 1,
  sampleSha256: 'f2b1db6ca6dda4cca1ceef3d0f75388cca81671e092b3f9b2dc22857a70b61ca',
  take: (indices) => renderSprites(SPRITES_MINI, indices),
};
