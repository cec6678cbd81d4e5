import * as ort from './onnx-runtime.ts';
import type { EngineChoice } from '../choice.ts';
import { inputArray, type Arrays, type Scan, type TensorSpecs } from '../engine.ts';
import { explainFailure } from './explain-failure.ts';
import { typeOf } from './record-step.ts';

/** A scan that holds native memory until it is released; then it can't run any more. */
export interface CompiledScan extends Scan {
  release(): void | Promise<void>;
}

export async function createSession(
  provider: EngineChoice['provider'],
  model: Uint8Array,
  preferredOutputLocation?: ort.InferenceSession.SessionOptions['preferredOutputLocation'],
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      // Parallelism is across trials; one thread also keeps sums in one order.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // A pattern is planned and held on top of the arena: 80 MB more for a convolutional model, whose steps would be 3 %
      // faster.
      enableMemPattern: false,
      graphOptimizationLevel: 'all',
      // Only fatal: what fails is thrown, and explained there.
      logSeverityLevel: 4,
      ...(preferredOutputLocation && { preferredOutputLocation }),
    });
  } catch (error) {
    throw explainFailure(provider, error);
  }
}

/** Tensors over the given arrays, without copying. */
export function feeds(specs: TensorSpecs, arrays: Arrays, count?: number): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const data = inputArray(arrays, name);
      const dims = count === undefined ? spec.shape : [count, ...spec.shape];
      return [name, new ort.Tensor(typeOf(spec), data as Float32Array, dims)];
    }),
  );
}
