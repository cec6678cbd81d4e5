import { tf } from '../../engine/tfjs.ts';

/** For central differences; where one of half of it says otherwise, nothing is concluded. */
const STEP = 0.02;
/** Numbers of a tensor that are moved, the first ones. */
const MOVED = 4;
/** Of float32, relative. */
const ROUNDING = 2 ** -23;

/** A gradient that is another than what small steps find, where these agree among themselves: `1.00, and small steps find 0.8`. */
export function slopeFault(
  valueOf: (moved: tf.Tensor) => number,
  at: tf.Tensor,
  gradient: tf.Tensor,
): string | undefined {
  const values = at.dataSync<'float32'>();
  const told = gradient.dataSync<'float32'>();
  const rounded = (ROUNDING * Math.abs(valueOf(at))) / STEP;
  const differ = (a: number, b: number, share: number): boolean =>
    Math.abs(a - b) > share * (Math.abs(a) + Math.abs(b)) + 0.05 + 4 * rounded;
  for (let i = 0; i < Math.min(values.length, MOVED); i++) {
    const slope = (step: number): number => {
      const [above, below] = [step, -step].map((by) => {
        const moved = Float32Array.from(values);
        moved[i]! += by;
        return valueOf(tf.tensor(moved, at.shape));
      });
      return (above! - below!) / (2 * step);
    };
    const [wide, narrow] = [slope(STEP), slope(STEP / 2)];
    if (!differ(wide, narrow, 0.01) && differ(narrow, told[i]!, 0.05)) {
      return `${told[i]!.toPrecision(3)}, and small steps find ${narrow.toPrecision(3)}`;
    }
  }
  return undefined;
}
