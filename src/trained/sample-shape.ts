/** Samples as an exported model has them: images, or the rows of a table. */
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { sampleNoun } from '../text/sample-noun.ts';

/** What the samples are called, in the files and around them. */
export function samplesOf(shape: ModelShape): 'images' | 'rows' {
  return `${sampleNoun(shape)}s`;
}

/** Of one of them. */
export function sampleShape(shape: ModelShape): readonly number[] {
  return shape.isReal ? [imageSize(shape)] : [shape.height, shape.width, shape.channels];
}
