import type { tf } from '../../engine/tfjs.ts';
import { ACTIVATIONS, type Activation } from '../activation.ts';
import { outputSize, type Architecture, type ModelShape, type WeightSpec } from '../architecture.ts';
import { conditioned, conditionWeights, dense, denseWeights } from '../dense.ts';
import { valueOf, type Parameter } from '../parameter.ts';

const KERNEL = 4;
const STRIDE = 2;

const channels: Parameter<readonly number[]> = {
  name: 'channels',
  values: { kind: 'widths', max: 2048, layers: 5 },
  default: [32, 64],
  limit: 'each halves the image, and five make 28×28 or 32×32 a single pixel',
  description:
    "Channels of the encoder's convolutions, mirrored in the decoder; only for conv. A list of numbers is one value, a list of lists gives choices.",
};

/**
 * Convolutions 4×4 of stride 2, mirrored in the decoder behind a dense layer. A label adds a number to each map of the first
 * convolution, as one-hot planes beside the image's channels would but for its border, and at no cost.
 */
export const conv: Architecture = {
  name: 'conv',
  isOfImages: true,
  aliases: ['cnn'],
  otherThings: ['vq'],
  description: `${KERNEL}×${KERNEL} convolutions with stride ${STRIDE} (see channels)`,
  parameters: [channels],

  encoder(model) {
    const [image, ...maps] = mapsOf(model, model.channels);
    return {
      weights: maps.flatMap((map, i) => {
        const large = maps[i - 1] ?? image!;
        const { activation, classes } = model;
        return [
          ...convolutionWeights(`encoder.${i}`, large, map, { activation }),
          ...conditionWeights(`encoder.${i}`, large.channels, map.channels, activation, i === 0 ? classes : undefined),
        ];
      }),
      features: sizeOf(maps.at(-1)!),
    };
  },

  decoder(model) {
    const maps = mapsOf(model, model.outputChannels).toReversed();
    return [
      // Not drawn by its activation: from so few inputs to so many units, it would drown the image (10 nats, BENCHMARKS.md).
      ...denseWeights('decoder.input', model.latentDim, sizeOf(maps[0]!), null, model.classes),
      ...maps.slice(1).flatMap((map, i) =>
        convolutionWeights(decoderLayer(model, i), map, maps[i]!, {
          activation: isLast(model, i) ? null : model.activation,
          transposed: true,
        }),
      ),
    ];
  },

  encode(tfjs, model, weights, images, condition) {
    const { apply } = ACTIVATIONS[model.activation];
    const last = valueOf(model.own, channels).reduce<tf.Tensor4D>(
      (maps, _, i) => {
        const filter = weights[`encoder.${i}.weight`] as tf.Tensor4D;
        const bias = weights[`encoder.${i}.bias`]!;
        const filtered = tfjs.conv2d(maps, filter, STRIDE, 'same');
        if (condition === undefined || i > 0) return apply(tfjs, tfjs.add(filtered, bias));
        const ofLabel = tfjs.add(conditioned(tfjs, condition, weights, 'encoder.0'), bias);
        return apply(tfjs, tfjs.add(filtered, tfjs.reshape(ofLabel, [-1, 1, 1, filter.shape[3]])));
      },
      tfjs.reshape(images, [-1, model.height, model.width, model.channels]),
    );
    return tfjs.reshape(last, [images.shape[0], -1]);
  },

  decode(tfjs, model, weights, latents, condition) {
    const batch = latents.shape[0];
    const { apply } = ACTIVATIONS[model.activation];
    const [first, ...others] = mapsOf(model, model.outputChannels).toReversed();
    const flat = apply(tfjs, dense(tfjs, latents, weights, 'decoder.input', condition));
    const last = others.reduce<tf.Tensor4D>(
      (maps, { height, width, channels }, i) => {
        const name = decoderLayer(model, i);
        const filter = weights[`${name}.weight`] as tf.Tensor4D;
        const product = tfjs.conv2dTranspose(maps, filter, [batch, height, width, channels], STRIDE, 'same');
        const biased = tfjs.add<tf.Tensor4D>(product, weights[`${name}.bias`]!);
        return isLast(model, i) ? biased : apply(tfjs, biased);
      },
      tfjs.reshape(flat, [batch, first!.height, first!.width, first!.channels]),
    );
    return tfjs.reshape(last, [batch, outputSize(model)]);
  },
};

interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The image, with its own or the decoder's channels, and what each convolution makes of it; `same` padding, so sizes halve upwards. */
function mapsOf({ own, height, width }: ModelShape, imageChannels: number): FeatureMap[] {
  const halved = (size: number, times: number): number => Math.ceil(size / STRIDE ** times);
  return [imageChannels, ...valueOf(own, channels)].map((channels, i) => {
    return { height: halved(height, i), width: halved(width, i), channels };
  });
}

function sizeOf({ height, width, channels }: FeatureMap): number {
  return height * width * channels;
}

function isLast(model: ModelShape, layer: number): boolean {
  return layer === valueOf(model.own, channels).length - 1;
}

function decoderLayer(model: ModelShape, layer: number): string {
  return isLast(model, layer) ? 'decoder.output' : `decoder.${layer}`;
}

/** A convolution from the large map to the small one, or the transposed one back. */
function convolutionWeights(
  name: string,
  large: FeatureMap,
  small: FeatureMap,
  { activation, transposed = false }: { activation: Activation | null; transposed?: boolean },
): WeightSpec[] {
  const field = KERNEL * KERNEL;
  return [
    {
      name: `${name}.weight`,
      shape: [KERNEL, KERNEL, large.channels, small.channels],
      // A transposed unit is reached by field / stride² taps, a plain one reads the whole field.
      fan: transposed
        ? { in: (field / STRIDE ** 2) * small.channels, out: field * large.channels }
        : { in: field * large.channels, out: (field / STRIDE ** 2) * small.channels },
      activation,
      uses: small.height * small.width,
    },
    {
      name: `${name}.bias`,
      shape: [transposed ? large.channels : small.channels],
      fan: null,
      activation: null,
      uses: 0,
    },
  ];
}
