import type { tf } from '../../engine/tfjs.ts';
import type { Likelihood } from '../likelihood.ts';
import { spreadOf } from '../moments.ts';

/** Half of what lies between two grey levels. */
const HALF_STEP = 0.5 / 255;
/** Scales are at least e⁻⁷, a quarter of a grey level (Salimans et al. 2017). */
const LEAST_LOG_SCALE = -7;

/**
 * P(v) of a byte v: what a logistic distribution has between v − ½ and v + ½, the ends open (Kingma et al. 2016; Salimans et
 * al. 2017, of one component). Of each number the decoder says the location, then the scale's logarithm.
 */
export const discretizedLogistic: Likelihood = {
  name: 'discretized_logistic',
  aliases: ['discretised_logistic', 'logistic'],
  description: 'probabilities of the 256 grey levels by a logistic distribution, its scale of each pixel its own',
  mass: 'bytes',
  outputChannels: (channels) => 2 * channels,

  /**
   * With a and b the upper and the lower edge in units of the scale, σ(a) − σ(b) = σ(a)·σ(−b)·(1 − e^(b − a)), which loses no
   * digits; at the ends the factor of the edge that isn't there is left out, and the last.
   */
  nats(tfjs, outputs, images) {
    const { location, logScale } = parts(tfjs, outputs);
    const bounded = tfjs.maximum(logScale, LEAST_LOG_SCALE);
    const perScale = tfjs.exp(tfjs.neg(bounded));
    const flat = tfjs.reshape(images, location.shape);
    const offset = tfjs.sub(flat, location);
    const upper = tfjs.mul(tfjs.add(offset, HALF_STEP), perScale);
    const lower = tfjs.mul(tfjs.sub(offset, HALF_STEP), perScale);
    const isAboveBlack = tfjs.cast(tfjs.greater(flat, HALF_STEP), 'float32');
    const isBelowWhite = tfjs.cast(tfjs.less(flat, 1 - HALF_STEP), 'float32');
    // 1 − e⁻ᵈ, d = 1 / (255 · scale), by a tangent that loses nothing where d is small.
    const t = tfjs.tanh(tfjs.mul(perScale, HALF_STEP));
    const between = tfjs.log(tfjs.div(tfjs.mul(t, 2), tfjs.add(t, 1)));
    const edges = tfjs.add(
      tfjs.mul(softplus(tfjs, tfjs.neg(upper)), isBelowWhite),
      tfjs.mul(softplus(tfjs, lower), isAboveBlack),
    );
    const nats = tfjs.sub(edges, tfjs.mul(between, tfjs.mul(isAboveBlack, isBelowWhite)));
    return tfjs.sum(tfjs.reshape(nats, images.shape), 1);
  },

  mean(tfjs, outputs) {
    const { location } = parts(tfjs, outputs);
    const [batch, numbers] = outputs.shape;
    return tfjs.reshape(tfjs.minimum(tfjs.maximum(location, 0), 1), [batch, numbers / 2]);
  },

  /** A grey level v, as v / 255: what lies beyond black or white is that. */
  draw(outputs, random) {
    return Float64Array.from({ length: outputs.length / 2 }, (_, p) => {
      const scale = Math.exp(Math.max(outputs[2 * p + 1]!, LEAST_LOG_SCALE));
      const u = random.uniform();
      const value = outputs[2 * p]! + scale * Math.log(u / (1 - u));
      return Math.round(255 * Math.min(Math.max(value, 0), 1)) / 255;
    });
  },

  outputBias: (means, spread) => means.flatMap((mean) => [mean, logScaleOf(spread())]),

  constantElbo(training, { shares }) {
    const logScale = logScaleOf(spreadOf(training));
    let nats = 0;
    for (let p = 0; p < training.means.length; p++) {
      for (let v = 0; v < 256; v++) {
        const share = shares[256 * p + v]!;
        if (share > 0) nats += share * plainNats(v, training.means[p]!, logScale);
      }
    }
    return -nats;
  },
};

/** [B · P, 1] each. */
function parts(tfjs: typeof tf, outputs: tf.Tensor2D): { location: tf.Tensor; logScale: tf.Tensor } {
  const pairs = tfjs.reshape(outputs, [-1, 2]);
  return { location: tfjs.slice(pairs, [0, 0], [-1, 1]), logScale: tfjs.slice(pairs, [0, 1], [-1, 1]) };
}

function softplus(tfjs: typeof tf, x: tf.Tensor): tf.Tensor {
  return tfjs.add(tfjs.relu(x), tfjs.log(tfjs.add(tfjs.exp(tfjs.neg(tfjs.abs(x))), 1)));
}

/** Of a logistic distribution of this standard deviation. */
function logScaleOf(spread: number): number {
  return Math.max(Math.log((spread * Math.sqrt(3)) / Math.PI), LEAST_LOG_SCALE);
}

function plainNats(v: number, location: number, logScale: number): number {
  const scale = Math.exp(logScale);
  const soft = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const offset = v / 255 - location;
  const belowWhite = v === 255 ? 0 : soft(-(offset + HALF_STEP) / scale);
  const aboveBlack = v === 0 ? 0 : soft((offset - HALF_STEP) / scale);
  const between = v === 0 || v === 255 ? 0 : Math.log(-Math.expm1((-2 * HALF_STEP) / scale));
  return belowWhite + aboveBlack - between;
}
