/** Programs as ONNX files of their own, which any ONNX Runtime runs without us. */
import { sizeOf, type Arrays, type Tensors, type TensorSpecs } from '../engine.ts';
import { DATA_TYPE, type Dimension, type ModelFacts, type Value } from './onnx/graph.ts';
import { ANY_BATCH, PortableGraph } from './onnx/portable-graph.ts';
import * as ort from './onnx-runtime.ts';
import { recordStep } from './record-step.ts';
import { traceBackend as trace } from './trace-backend.ts';

export interface PortableProgram {
  /** Shape of one sample's, by name; float32 but for `units`. The first is what counts the samples. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly weights: TensorSpecs;
  /** What stands outside in other units: those inputs and outputs, [N, P], are float64 there. */
  readonly units?: { readonly of: readonly string[] } & Units;
  /** Inputs and outputs are [N, …shape], N whatever it is. Pure, as a scan's body. */
  readonly body: (weights: Tensors, inputs: Tensors) => Tensors;
}

/** Of P columns, by which outside is inside · stds + means. In float64: of 1.7e9 ± 100 float32 has no digit that varies. */
export interface Units {
  readonly means: Float64Array;
  readonly stds: Float64Array;
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
  const { units } = program;
  const typeOf = (name: string) => (units?.of.includes(name) ? 'float64' : 'float32');
  for (const [name, shape] of Object.entries(program.inputs)) graph.input(name, typeOf(name), [BATCH, ...shape]);
  const columns = units && {
    means: graph.initializer('columns.mean', units.means, [units.means.length]),
    stds: graph.initializer('columns.std', units.stds, [units.stds.length]),
    // A column without spread is its mean, and standardised by nothing.
    divisors: graph.initializer(
      'columns.divisor',
      units.stds.map((std) => (std === 0 ? 1 : std)),
      [units.stds.length],
    ),
  };
  const inside = (name: string): Value => {
    if (columns === undefined || typeOf(name) === 'float32') return name;
    const scaled = graph.op('Div', [graph.op('Sub', [name, columns.means]), columns.divisors]);
    return graph.op('Cast', [scaled], { to: DATA_TYPE.float32 });
  };
  const outside = (name: string, value: Value): Value => {
    if (columns === undefined || typeOf(name) === 'float32') return value;
    const scaled = graph.op('Mul', [graph.op('Cast', [value], { to: DATA_TYPE.float64 }), columns.stds]);
    return graph.op('Add', [scaled, columns.means]);
  };
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
    step: inside,
    constant: (name: string, { shape }: TensorSpecs[string]) => graph.initializer(name, weights[name]!, shape),
  };
  recordStep(scan, graph, named, ({ outputs }) => {
    for (const [name, tensor] of Object.entries(outputs)) {
      graph.outputAs(name, outside(name, trace.value(tensor)), typeOf(name), [BATCH, ...tensor.shape.slice(1)]);
    }
  });
  return graph.model(facts);
}

/** What a file of this kind computes of so many samples. */
export async function runPortable(
  model: Uint8Array,
  inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | Float64Array }>>,
): Promise<Record<string, Float32Array | Float64Array>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const feeds = Object.entries(inputs).map(([name, { shape, values }]) => {
      const samples = values.length / sizeOf(shape);
      const dimensions = [samples, ...shape];
      const tensor =
        values instanceof Float64Array
          ? new ort.Tensor('float64', values, dimensions)
          : new ort.Tensor('float32', values, dimensions);
      return [name, tensor] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, data as Float32Array | Float64Array]),
    );
  } finally {
    await session.release();
  }
}
