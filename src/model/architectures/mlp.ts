import { ACTIVATIONS } from '../activation.ts';
import { imageSize, outputSize, type Architecture } from '../architecture.ts';
import { dense, denseWeights } from '../dense.ts';
import { valueOf, type Parameter } from '../parameter.ts';

const hidden: Parameter<readonly number[]> = {
  name: 'hidden',
  values: { kind: 'widths', max: 16384, layers: 16, rising: 'an encoder that widens' },
  default: [512],
  description:
    "Widths of the encoder's dense layers, mirrored in the decoder; only for mlp. A list of numbers is one value, a list of lists gives choices.",
};

/** Dense layers, mirrored in the decoder. */
export const mlp: Architecture = {
  name: 'mlp',
  aliases: ['dense', 'fc'],
  description: 'dense layers (see hidden)',
  parameters: [hidden],

  encoder(model) {
    const { own, activation } = model;
    const sizes = [imageSize(model), ...valueOf(own, hidden)];
    const layers = sizes.slice(1);
    return {
      weights: layers.flatMap((size, i) => denseWeights(`encoder.${i}`, sizes[i]!, size, activation)),
      features: sizes.at(-1)!,
    };
  },

  decoder(model) {
    const { own, activation, latentDim } = model;
    const sizes = [latentDim, ...valueOf(own, hidden).toReversed()];
    const layers = sizes.slice(1);
    return [
      ...layers.flatMap((size, i) => denseWeights(`decoder.${i}`, sizes[i]!, size, activation)),
      ...denseWeights('decoder.output', sizes.at(-1)!, outputSize(model)),
    ];
  },

  encode(tf, { own, activation }, weights, images) {
    const { apply } = ACTIVATIONS[activation];
    return valueOf(own, hidden).reduce((h, _, i) => apply(tf, dense(tf, h, weights, `encoder.${i}`)), images);
  },

  decode(tf, { own, activation }, weights, latents) {
    const { apply } = ACTIVATIONS[activation];
    const last = valueOf(own, hidden).reduce((h, _, i) => apply(tf, dense(tf, h, weights, `decoder.${i}`)), latents);
    return dense(tf, last, weights, 'decoder.output');
  },
};
