import { tf } from '../../engine/tfjs.ts';
import type { Likelihood } from '../../model/likelihood.ts';
import { ownWeights, shapesOf, SPREAD, type ModelledNumbers } from './example.ts';

/** Of an integral. */
const POINTS = 20_001;
/** The largest count that is summed. */
const MOST = 4_000;

/**
 * Of one number: the sum of its probabilities, or the integral of its density. Undefined where it isn't of one number alone, as
 * where it is of whole images of a size.
 */
export function totalOf(likelihood: Likelihood, numbers: ModelledNumbers, tolerance: number): number | undefined {
  if (numbers.channels !== 1) return undefined;
  if (Object.values(shapesOf(likelihood, 1)).some((shape) => shape.some((length) => length !== 1))) return undefined;
  const bias = likelihood.outputBias([0.4], () => SPREAD);
  const weights = ownWeights(likelihood, 1);
  const sumOver = (values: Float32Array, widthAt: (i: number) => number = () => 1): number => {
    const outputs = tf.tile<tf.Tensor2D>(tf.tensor2d([...bias], [1, bias.length]), [values.length, 1]);
    const nats = likelihood.nats(tf, outputs, tf.tensor2d(values, [values.length, 1]), { own: {}, weights });
    return nats.dataSync<'float32'>().reduce((sum, value, i) => sum + Math.exp(-value) * widthAt(i), 0);
  };
  try {
    if (numbers.isCounts) return sumOver(Float32Array.from({ length: MOST + 1 }, (_, count) => count));
    if (likelihood.mass === 'bits') return sumOver(Float32Array.of(0, 1));
    if (likelihood.mass === 'bytes') return sumOver(Float32Array.from({ length: 256 }, (_, byte) => byte / 255));
    return densityTotal(sumOver, tolerance);
  } catch {
    // It does what it should to images of the data's size.
    return undefined;
  }
}

/** A density of grey values may end at black and white, or reach over all numbers: x = tan u. */
function densityTotal(
  sumOver: (values: Float32Array, widthAt: (i: number) => number) => number,
  tolerance: number,
): number {
  const between = sumOver(
    Float32Array.from({ length: POINTS }, (_, i) => i / (POINTS - 1)),
    (i) => (i % (POINTS - 1) === 0 ? 0.5 : 1) / (POINTS - 1),
  );
  if (Math.abs(between - 1) <= tolerance) return between;
  const range = Math.PI - 1e-6;
  const angle = (i: number): number => (i / (POINTS - 1) - 0.5) * range;
  return sumOver(
    Float32Array.from({ length: POINTS }, (_, i) => Math.tan(angle(i))),
    (i) => range / (POINTS - 1) / Math.cos(angle(i)) ** 2,
  );
}
