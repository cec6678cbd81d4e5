import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  inputArray,
  mapValues,
  sizeOf,
  type Arrays,
  type ScanInputs,
  type ScanProgram,
  type ScanResult,
  type TensorSpec,
} from '../engine.ts';
import { fuseUpdate, Layout, type Place } from './fused-update.ts';
import { NativeSession, type Bound } from './native-session.ts';
import { CpuGraph } from './onnx/cpu-graph.ts';
import type { DataType, GraphBuilder, Value } from './onnx/graph.ts';
import { addOutput, recordStep, typeOf } from './record-step.ts';
import type { CompiledScan } from './session.ts';
import { traceBackend as trace, type Traced } from './trace-backend.ts';
import { compile, type Compiled } from './wasm.ts';

/**
 * One native call a step, for processors. State, inputs and outputs lie in one memory, of WebAssembly: ONNX Runtime reads
 * and writes them there, and the fused update reads what it needs of them, the gradients; so nothing as large as the
 * model is copied between two steps.
 */
export function compileStepScan(program: ScanProgram): CompiledScan {
  const { graph, inputs, state, fetched, outputs, update } = traceStep(program);
  const { memory } = update;
  const floats = ({ offset, size }: Place): Float32Array => new Float32Array(memory, offset, size);
  const viewOf = ({ type, offset, bytes }: Bound): Float32Array | Uint8Array =>
    type === 'uint8' ? new Uint8Array(memory, offset, bytes) : floats({ offset, size: bytes / 4 });
  const viewsOf = (specs: ScanProgram['steps']): Map<string, Float32Array | Uint8Array> =>
    new Map(Object.keys(specs).flatMap((name) => (inputs[name] ? [[name, viewOf(inputs[name])]] : [])));
  const [constants, steps] = [viewsOf(program.constants), viewsOf(program.steps)];
  const results = mapValues(outputs, viewOf);

  const made = [...fetched, ...Object.values(outputs)];
  // A graph without outputs has nothing to run; ONNX Runtime refuses it.
  const session = graph.hasOutputs ? new NativeSession(graph.model(), memory, Object.values(inputs), made) : undefined;
  let released = false;
  return {
    async run({ count, ...given }: ScanInputs): Promise<ScanResult> {
      for (const [name, place] of Object.entries(state)) fill(floats(place), given.state, name);
      for (const [name, view] of constants) fill(view, given.constants, name);
      const stacked = mapValues(results, ({ length }) => new Float32Array(count * length));
      for (let step = 0; step < count; step++) {
        if (released) throw new Error('the scan was released');
        for (const [name, view] of steps) fill(view, given.steps, name, step);
        session?.run();
        update.run();
        for (const [name, view] of Object.entries(results)) stacked[name]!.set(view, step * view.length);
        // What the thread is told meanwhile is heard between two steps.
        await nextTurn();
      }
      return { state: mapValues(state, (place) => floats(place).slice()), outputs: stacked };
    },
    release() {
      released = true;
      session?.release();
    },
  };
}

/** Writes an input, or its slice of one step, to its place; what is not as the program says is refused, never converted. */
function fill(view: Float32Array | Uint8Array, arrays: Arrays, name: string, step?: number): void {
  const all = inputArray(arrays, name);
  const own = step === undefined ? all : all.subarray(step * view.length, (step + 1) * view.length);
  if (own.length !== view.length || own.BYTES_PER_ELEMENT !== view.BYTES_PER_ELEMENT)
    throw new Error(`the program needs ${view.length} numbers of ${name}, ${view.BYTES_PER_ELEMENT} bytes each`);
  view.set(own);
}

interface TracedStep {
  readonly graph: GraphBuilder;
  /** Those of the program's inputs that the graph reads, under their own names. */
  readonly inputs: Readonly<Record<string, Bound>>;
  readonly state: Readonly<Record<string, Place>>;
  /** Outputs of the graph that the update reads. */
  readonly fetched: readonly Bound[];
  /** The step's outputs, by their names in the program. */
  readonly outputs: Readonly<Record<string, Bound>>;
  /** Makes of the state and what was fetched the next state; all places lie in its memory. */
  readonly update: Compiled;
}

function traceStep(program: ScanProgram): TracedStep {
  const graph = new CpuGraph('');
  const layout = new Layout();
  const state = mapValues(program.state, ({ shape }) => layout.allocate(sizeOf(shape)));
  const inputs: Record<string, Bound> = {};
  const nameState = (name: string, spec: TensorSpec): Value => {
    const { offset, size } = state[name]!;
    inputs[name] = { name, type: 'float32', shape: spec.shape, offset, bytes: 4 * size };
    return graph.input(name, 'float32', spec.shape);
  };
  const nameInput = (name: string, spec: TensorSpec): Value => {
    inputs[name] = bind(layout, name, typeOf(spec), spec.shape);
    return graph.input(name, typeOf(spec), spec.shape);
  };
  const fetched = new Map<Traced, Bound>();

  return recordStep(program, graph, { state: nameState, constant: nameInput, step: nameInput }, (step) => {
    const current = new Map(Object.entries(step.state).map(([name, tensor]) => [trace.traced(tensor), state[name]!]));
    const placeOf = (leaf: Traced, size: number): Place => {
      // Only a loop that goes through the whole of it may read a state where another loop could write.
      const own = current.get(leaf);
      if (own?.size === size) return own;
      const fetch = fetched.get(leaf) ?? bind(layout, addOutput(graph, leaf.value()), 'float32', leaf.shape);
      fetched.set(leaf, fetch);
      return { offset: fetch.offset, size: fetch.bytes / 4 };
    };
    const assignments = Object.entries(state).map(([name, target]) => ({
      target,
      source: trace.traced(step.next[name]!),
    }));
    const { code, vectors } = fuseUpdate(assignments, placeOf);
    const outputs = mapValues(step.outputs, (tensor) =>
      bind(layout, addOutput(graph, trace.value(tensor)), 'float32', tensor.shape),
    );
    const update = compile(code, vectors, layout.bytes);
    return { graph, inputs, state, fetched: [...fetched.values()], outputs, update };
  });
}

function bind(layout: Layout, name: string, type: DataType, shape: readonly number[]): Bound {
  const bytes = sizeOf(shape) * (type === 'uint8' ? 1 : 4);
  return { name, type, shape, offset: layout.allocateBytes(bytes), bytes };
}
