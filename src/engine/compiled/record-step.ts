import type * as tf from '@tensorflow/tfjs';
import { mapValues, type ScanProgram, type TensorSpec, type Tensors, type TensorSpecs } from '../engine.ts';
import { registerKernels } from './kernels/index.ts';
import type { DataType, GraphBuilder, Value } from './onnx/graph.ts';
import { traceBackend as trace } from './trace-backend.ts';

/** Names an input of the graph. Asked when a node first needs it: an input that nobody reads is not declared. */
export type NameInput = (name: string, spec: TensorSpec) => Value;

export interface RecordedStep {
  /** The current state, as tensors that stand for inputs. */
  readonly state: Tensors;
  readonly next: Tensors;
  readonly outputs: Tensors;
}

/** Runs the body of `program` once with every operation going to `graph`; `use` adds the outputs that are wanted. */
export function recordStep<T>(
  program: ScanProgram,
  graph: GraphBuilder,
  nameInput: { readonly state: NameInput; readonly constant: NameInput; readonly step: NameInput },
  use: (step: RecordedStep) => T,
): T {
  registerKernels();
  return trace.trace(graph, () => {
    const tensors = (specs: TensorSpecs, nameOf: NameInput): Record<string, tf.Tensor> =>
      mapValues(specs, (spec, name) => trace.tensor(() => nameOf(name, spec), spec.shape, typeOf(spec)));
    const state = tensors(program.state, nameInput.state);
    const constants = tensors(program.constants, nameInput.constant);
    const { state: next, outputs } = program.body(state, constants, tensors(program.steps, nameInput.step));
    for (const [name, { shape }] of Object.entries(program.state)) {
      const found = next[name]?.shape.join('×') ?? 'none';
      if (found !== shape.join('×'))
        throw new Error(`the body returns ${name} with shape ${found}, not ${shape.join('×')}`);
    }
    return use({ state, next, outputs });
  });
}

export function typeOf(spec: TensorSpec): DataType {
  return spec.type ?? 'float32';
}

/**
 * Makes `value` an output of the graph and returns the output's name. That must be a node's own output, named once; for
 * anything else (an input, a constant, a value returned twice) Identity makes one, at the price of a copy.
 */
export function addOutput(graph: GraphBuilder, value: Value): Value {
  const output = graph.isFreeResult(value) ? value : graph.op('Identity', [value]);
  graph.output(output, 'float32');
  return output;
}
