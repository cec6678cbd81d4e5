import { GraphBuilder } from '../../engine/compiled/onnx/graph.ts';
import { recordStep } from '../../engine/compiled/record-step.ts';
import { traceBackend as trace } from '../../engine/compiled/trace-backend.ts';
import type { ScanProgram } from '../../engine/engine.ts';
import { tf } from '../../engine/tfjs.ts';
import { messageOf } from '../../errors.ts';
import type { Likelihood } from '../../model/likelihood.ts';
import { BATCH, shapesOf, sizeOf, trainedNames, type ModelledNumbers } from './example.ts';

/** Whether the compiled engine can record it, its gradients and what it observes: its clause, where not. */
export function uncompiled(likelihood: Likelihood, numbers: ModelledNumbers): string | undefined {
  const { height, width, channels } = numbers;
  const size = sizeOf(numbers);
  const outputs = height * width * (likelihood.outputChannels?.(channels) ?? channels);
  const names = trainedNames(likelihood);
  const program: ScanProgram = {
    key: 'own likelihood',
    state: {},
    constants: Object.fromEntries(Object.entries(shapesOf(likelihood, size)).map(([name, shape]) => [name, { shape }])),
    steps: { outputs: { shape: [BATCH, outputs] }, images: { shape: [BATCH, size] }, imageWeights: { shape: [BATCH] } },
    body: (_state, weights, { outputs: given, images: some, imageWeights: shares }) => {
      const [at, images, imageWeights] = [given as tf.Tensor2D, some as tf.Tensor2D, shares as tf.Tensor1D];
      const nats = (moved: tf.Tensor, ...own: tf.Tensor[]): tf.Scalar => {
        const current = { ...weights, ...Object.fromEntries(names.map((name, i) => [name, own[i]!])) };
        return tf.sum(likelihood.nats(tf, moved as tf.Tensor2D, images, { own: {}, weights: current, imageWeights }));
      };
      const { value, grads } = tf.valueAndGrads(nats)([at, ...names.map((name) => weights[name]!)]);
      const results = {
        value,
        judged: likelihood.nats(tf, at, images, { own: {}, weights }),
        mean: likelihood.mean(tf, at),
        ...Object.fromEntries(grads.map((gradient, i) => [`gradient ${i}`, gradient])),
        ...likelihood.observe?.(tf, at, images, { own: {}, weights, imageWeights }),
      };
      return { state: {}, outputs: results };
    },
  };
  const named = (name: string): string => name;
  try {
    recordStep(
      program,
      new GraphBuilder(''),
      { state: named, constant: named, step: named },
      ({ outputs: results }) => {
        for (const tensor of Object.values(results)) trace.value(tensor);
      },
    );
    return undefined;
  } catch (error) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec(messageOf(error)) ?? [];
    if (kernel === undefined) return messageOf(error);
    return `it uses TF.js's operation ${kernel}, which models are not compiled with: write it by add, sub, mul, div, exp, log, maximum, minimum, sigmoid, tanh, sum and their like`;
  }
}
