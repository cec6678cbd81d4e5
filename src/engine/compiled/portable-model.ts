/** Programs as ONNX files of their own, which any ONNX Runtime runs without us. */
import { sizeOf, type Arrays, type Tensors, type TensorSpecs } from '../engine.ts';
import type { Dimension, ModelFacts } from './onnx/graph.ts';
import { ANY_BATCH, PortableGraph } from './onnx/portable-graph.ts';
import * as ort from './onnx-runtime.ts';
import { recordStep } from './record-step.ts';
import { traceBackend as trace } from './trace-backend.ts';

export interface PortableProgram {
  /** Shape of one sample's, by name; all float32. The first is what counts the samples. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly weights: TensorSpecs;
  /** Inputs and outputs are [N, …shape], N whatever it is. Pure, as a scan's body. */
  readonly body: (weights: Tensors, inputs: Tensors) => Tensors;
}

/** What a free number of samples is called in the file. */
const BATCH: Dimension = 'batch';
/** A message of protobuf can't be longer. */
const MOST_BYTES = 2 ** 31 - 2 ** 20;

/** A serialised ModelProto. @throws RangeError for weights that don't fit in one */
export function portableModel(program: PortableProgram, weights: Arrays, facts: ModelFacts): Uint8Array {
  const bytes = Object.values(program.weights).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (bytes > MOST_BYTES) throw new RangeError(`its weights take ${bytes} bytes, and an ONNX file holds 2 GiB`);
  const [counting] = Object.keys(program.inputs);
  const graph = new PortableGraph(counting!);
  // In their order, whichever is asked for first.
  for (const [name, shape] of Object.entries(program.inputs)) graph.input(name, 'float32', [BATCH, ...shape]);
  const scan = {
    key: '',
    state: {},
    constants: program.weights,
    steps: Object.fromEntries(
      Object.entries(program.inputs).map(([name, shape]) => [name, { shape: [ANY_BATCH, ...shape] }]),
    ),
    body: (_: Tensors, constants: Tensors, inputs: Tensors) => ({
      state: {},
      outputs: program.body(constants, inputs),
    }),
  };
  const named = {
    state: (name: string) => name,
    step: (name: string) => name,
    constant: (name: string, { shape }: TensorSpecs[string]) => graph.initializer(name, weights[name]!, shape),
  };
  recordStep(scan, graph, named, ({ outputs }) => {
    for (const [name, tensor] of Object.entries(outputs)) {
      graph.outputAs(name, trace.value(tensor), 'float32', [BATCH, ...tensor.shape.slice(1)]);
    }
  });
  return graph.model(facts);
}

/** What a file of this kind computes of so many samples. */
export async function runPortable(
  model: Uint8Array,
  inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>,
): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const feeds = Object.entries(inputs).map(([name, { shape, values }]) => {
      const samples = values.length / sizeOf(shape);
      return [name, new ort.Tensor('float32', values, [samples, ...shape])] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await session.release();
  }
}
