import { tf } from './tfjs.ts';
import type { Engine, ScanProgram } from './engine.ts';

/** w ← w − ½·∂(½·Σ(w·x)²)/∂w on a 2×2 matrix: a matrix product, a gradient and a carried state. */
const descent: ScanProgram = {
  key: 'probe',
  state: { w: { shape: [2, 2] } },
  constants: { x: { shape: [2, 2] } },
  steps: { rate: { shape: [] } },
  body: ({ w }, { x }, { rate }) => {
    const loss = (weights: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(tf.square(tf.matMul(weights as tf.Tensor2D, x as tf.Tensor2D)), 0.5));
    const { value, grad } = tf.valueAndGrad(loss)(w!) as unknown as { value: tf.Tensor; grad: tf.Tensor };
    return { state: { w: tf.sub(w!, tf.mul(grad, rate!)) }, outputs: { value } };
  },
};

/** Two steps whose result is known: with x = 1 and rate ½ the weights halve. */
export async function probeTraining(engine: Engine): Promise<void> {
  const scan = await engine.prepare(descent);
  const { state } = await scan.run({
    count: 2,
    state: { w: Float32Array.of(4, 8, 12, 16) },
    constants: { x: Float32Array.of(1, 0, 0, 1) },
    steps: { rate: Float32Array.of(0.5, 0.5) },
  });
  const result = [...state['w']!];
  if (result.join() !== '1,2,3,4') throw new Error(`it computes ${result.join(', ')} where 1, 2, 3, 4 is right`);
}
