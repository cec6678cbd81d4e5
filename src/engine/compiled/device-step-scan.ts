import type * as ort from './onnx-runtime.ts';
import type { EngineChoice } from '../choice.ts';
import {
  inputArray,
  mapValues,
  sizeOf,
  type ScanInputs,
  type ScanProgram,
  type ScanResult,
  type TensorSpecs,
} from '../engine.ts';
import { GraphBuilder, type Value } from './onnx/graph.ts';
import { addOutput, recordStep, typeOf, type NameInput } from './record-step.ts';
import { createSession, feeds, type CompiledScan } from './session.ts';
import { traceBackend as trace } from './trace-backend.ts';

/** Tensors by their names in the program, mostly in buffers of the device, which no garbage collector frees. */
type Held = Readonly<Record<string, ort.Tensor>>;

/**
 * One native call a step with the state in buffers of the device, for WebGPU: ONNX Runtime can leave a call's results
 * there, and has no Loop for it. State and constants go to the device once a run; the state comes back once.
 */
export async function compileDeviceStepScan(
  program: ScanProgram,
  provider: EngineChoice['provider'],
): Promise<CompiledScan> {
  const { graph, inputs: used, next, outputs } = traceDeviceStep(program);
  const session = await createSession(provider, graph.model(), onDevice(Object.values(next)));
  const constants = pick(program.constants, used);
  const steps = pick(program.steps, used);
  const upload = await createCopy(provider, { ...program.state, ...constants }, 'device');
  const download = await createCopy(provider, program.state, 'processor');

  return {
    async run(inputs: ScanInputs): Promise<ScanResult> {
      const stacked = mapValues(outputs, ({ shape }) => new Float32Array(inputs.count * sizeOf(shape)));
      const uploaded = await upload.run({
        ...feeds(program.state, inputs.state),
        ...feeds(constants, inputs.constants),
      });
      const fixed = pick(uploaded, new Set(Object.keys(constants)));
      let state = pick(uploaded, new Set(Object.keys(program.state)));
      try {
        for (let step = 0; step < inputs.count; step++) {
          const stepInputs = mapValues(steps, ({ shape }, name) =>
            inputArray(inputs.steps, name).subarray(step * sizeOf(shape), (step + 1) * sizeOf(shape)),
          );
          const results = await session.run({ ...fixed, ...pick(state, used), ...feeds(steps, stepInputs) });
          free(state);
          state = mapValues(next, (value) => results[value]!);
          // Arrays given for the results stay empty where others are left on the device.
          for (const [name, { value, shape }] of Object.entries(outputs))
            stacked[name]!.set(results[value]!.data as Float32Array, step * sizeOf(shape));
        }
        const last = await download.run(state);
        return { state: mapValues(last, ({ data }) => data as Float32Array), outputs: stacked };
      } finally {
        free(state);
        free(fixed);
      }
    },
    async release() {
      for (const held of [session, upload, download]) await held.release();
    },
  };
}

interface TracedStep {
  readonly graph: GraphBuilder;
  /** Those of the program's inputs that the graph reads, under their own names. */
  readonly inputs: ReadonlySet<string>;
  /** Outputs of the graph. */
  readonly next: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, { readonly value: Value; readonly shape: readonly number[] }>>;
}

function traceDeviceStep(program: ScanProgram): TracedStep {
  const graph = new GraphBuilder('');
  const inputs = new Set<string>();
  const nameInput: NameInput = (name, spec) => {
    inputs.add(name);
    return graph.input(name, typeOf(spec), spec.shape);
  };
  return recordStep(program, graph, { state: nameInput, constant: nameInput, step: nameInput }, (step) => ({
    graph,
    inputs,
    next: mapValues(program.state, (_, name) => addOutput(graph, trace.value(step.next[name]!))),
    outputs: mapValues(step.outputs, (tensor) => ({
      value: addOutput(graph, trace.value(tensor)),
      shape: tensor.shape,
    })),
  }));
}

/**
 * Copies tensors to the device or from it. A session does it: in onnxruntime-node 1.30 a tensor's own `getData` of a
 * buffer on the device ends the process, and none can be made there but by a session.
 */
async function createCopy(
  provider: EngineChoice['provider'],
  specs: TensorSpecs,
  to: 'device' | 'processor',
): Promise<{ run: (tensors: Held) => Promise<Held>; release: () => Promise<void> }> {
  // A graph without outputs has nothing to run; ONNX Runtime refuses it.
  if (Object.keys(specs).length === 0) return { run: () => Promise.resolve({}), release: () => Promise.resolve() };
  const graph = new GraphBuilder('');
  const copies = mapValues(specs, (spec, name) => {
    const copy = graph.op('Identity', [graph.input(name, typeOf(spec), spec.shape)]);
    graph.output(copy, typeOf(spec));
    return copy;
  });
  const location = to === 'device' ? onDevice(Object.values(copies)) : undefined;
  const session = await createSession(provider, graph.model(), location);
  return {
    async run(tensors) {
      const copied = await session.run(tensors);
      return mapValues(copies, (value) => copied[value]!);
    },
    release: () => session.release(),
  };
}

function onDevice(values: readonly Value[]): Readonly<Record<Value, 'gpu-buffer'>> {
  return Object.fromEntries(values.map((value) => [value, 'gpu-buffer']));
}

function pick<V>(object: Readonly<Record<string, V>>, names: ReadonlySet<string>): Record<string, V> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.has(name)));
}

function free(tensors: Held): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
