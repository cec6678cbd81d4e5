import type { ModelShape } from '../model/architecture.ts';
import { weightSpecs } from '../model/model.ts';
import { packedSize, packWeights, unpackWeights, type Bits, type PackedWeights } from './packed-weights.ts';
import { plainModel, type PlainModel, type PlainWeights } from './plain-model.ts';

/** The decoder of a trained model as JSON: what a page needs to draw images from latents. */
export interface EmbeddedDecoder {
  readonly model: ModelShape;
  readonly weights: PackedWeights;
}

export function embedDecoder(model: ModelShape, weights: PlainWeights, bits: Bits): EmbeddedDecoder {
  const named = decoderSpecs(model).map(({ name, shape }) => {
    const values = weights[name];
    if (values === undefined) throw new Error(`no weights called ${name}`);
    return { name, shape, values };
  });
  return { model, weights: packWeights(named, bits) };
}

/** Characters that it takes, near enough. */
export function embeddedSize(model: ModelShape, bits: Bits): number {
  return packedSize(decoderSpecs(model), bits);
}

/** @throws as `plainModel` */
export function openDecoder({ model, weights }: EmbeddedDecoder): Pick<PlainModel, 'decode'> {
  return plainModel(model, unpackWeights(weights, weightSpecs(model)));
}

function decoderSpecs(model: ModelShape) {
  return weightSpecs(model).filter(({ name }) => name.startsWith('decoder.'));
}
