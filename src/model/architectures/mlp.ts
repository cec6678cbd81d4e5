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
    const { own, activation, classes } = model;
    const sizes = [imageSize(model), ...valueOf(own, hidden)];
    const layers = sizes.slice(1);
    return {
      weights: layers.flatMap((size, i) =>
        denseWeights(`encoder.${i}`, sizes[i]!, size, activation, i === 0 ? classes : undefined),
      ),
      features: sizes.at(-1)!,
    };
  },

  decoder(model) {
    const { own, activation, latentDim, classes } = model;
    const sizes = [latentDim, ...valueOf(own, hidden).toReversed()];
    const layers = sizes.slice(1);
    const told = (layer: number): number | undefined => (layer === 0 ? classes : undefined);
    return [
      ...layers.flatMap((size, i) => denseWeights(`decoder.${i}`, sizes[i]!, size, activation, told(i))),
      ...denseWeights('decoder.output', sizes.at(-1)!, outputSize(model), null, told(layers.length)),
    ];
  },

  encode(tf, { own, activation }, weights, images, condition) {
    const { apply } = ACTIVATIONS[activation];
    return valueOf(own, hidden).reduce(
      (h, _, i) => apply(tf, dense(tf, h, weights, `encoder.${i}`, i === 0 ? condition : undefined)),
      images,
    );
  },

  decode(tf, { own, activation }, weights, latents, condition) {
    const { apply } = ACTIVATIONS[activation];
    const told = (layer: number): typeof condition => (layer === 0 ? condition : undefined);
    const widths = valueOf(own, hidden);
    const last = widths.reduce((h, _, i) => apply(tf, dense(tf, h, weights, `decoder.${i}`, told(i))), latents);
    return dense(tf, last, weights, 'decoder.output', told(widths.length));
  },
};
