import type * as tf from '@tensorflow/tfjs';
import type { ScanProgram, TensorSpec, Tensors, TensorSpecs } from '../engine.ts';
import { GraphBuilder, type DataType, type Value } from './onnx/graph.ts';
import { registerKernels } from './kernels/index.ts';
import { traceBackend as trace } from './trace-backend.ts';

export interface TracedScan {
  /** A serialised ONNX model: inputs `count`, then the program's own names; outputs as in `outputs`. */
  readonly model: Uint8Array;
  readonly outputs: {
    readonly state: Readonly<Record<string, Value>>;
    readonly steps: Readonly<Record<string, Value>>;
  };
}

/**
 * The program as one ONNX graph: a Loop whose carried values are the program's state and whose scan outputs are the
 * step's outputs. Constants and stacked step inputs are read from the outer graph; step `i` gathers its own slice.
 */
export function traceScan(program: ScanProgram): TracedScan {
  registerKernels();
  const graph = new GraphBuilder('');
  const body = new GraphBuilder('step_');
  const typeOf = (spec: TensorSpec): DataType => spec.type ?? 'float32';

  graph.input('count', 'int64', []);
  for (const [name, spec] of Object.entries(program.constants)) graph.input(name, typeOf(spec), spec.shape);
  for (const [name, spec] of Object.entries(program.steps)) graph.input(name, typeOf(spec), [-1, ...spec.shape]);
  for (const [name, spec] of Object.entries(program.state)) graph.input(name, typeOf(spec), spec.shape);

  body.input('step', 'int64', []);
  body.input('go', 'bool', []);
  for (const [name, spec] of Object.entries(program.state)) body.input(carried(name), typeOf(spec), spec.shape);

  const outputNames = trace.trace(body, () => {
    const tensors = (specs: TensorSpecs, value: (name: string) => Value): Record<string, tf.Tensor> =>
      Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => {
          const shape = spec.shape.map((size) => (size < 0 ? 1 : size));
          return [name, trace.tensor(value(name), shape, typeOf(spec))];
        }),
      );
    const result = program.body(
      tensors(program.state, carried),
      tensors(program.constants, (name) => name),
      tensors(program.steps, (name) => body.op('Gather', [name, 'step'], { axis: 0 })),
    );
    body.output(body.op('Identity', ['go']), 'bool');
    for (const name of Object.keys(program.state)) addOutput(body, result.state, name);
    for (const name of Object.keys(result.outputs)) addOutput(body, result.outputs, name);
    return Object.keys(result.outputs);
  });

  const stateNames = Object.keys(program.state);
  const go = graph.constant(Uint8Array.of(1), [], 'bool');
  const values = graph.ops('Loop', ['count', go, ...stateNames], { body }, stateNames.length + outputNames.length);
  for (const value of values) graph.output(value, 'float32');
  return {
    model: graph.model(),
    outputs: {
      state: Object.fromEntries(stateNames.map((name, i) => [name, values[i]!])),
      steps: Object.fromEntries(outputNames.map((name, i) => [name, values[stateNames.length + i]!])),
    },
  };
}

function carried(name: string): Value {
  return `carried_${name}`;
}

/**
 * Names a body's output. It must be a node's own output, named once; for anything else (an input, a constant, a value
 * returned twice) Identity makes one, at the price of a copy.
 */
function addOutput(body: GraphBuilder, tensors: Tensors, name: string): void {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`the body of the program returns no ${name}`);
  const value = trace.value(tensor);
  body.output(body.isFreeResult(value) ? value : body.op('Identity', [value]), 'float32');
}
