import * as ort from './onnx-runtime.ts';
import { freeArrays } from '../../free-arrays.ts';
import type { EngineChoice } from '../choice.ts';
import { inputArray, mapValues, sizeOf, type ScanInputs, type ScanProgram, type ScanResult } from '../engine.ts';
import { fuseUpdate, Layout, type Place } from './fused-update.ts';
import { GraphBuilder, type Value } from './onnx/graph.ts';
import { addOutput, recordStep } from './record-step.ts';
import { createSession, feeds, type CompiledScan } from './session.ts';
import { traceBackend as trace, type Traced } from './trace-backend.ts';
import { compile, type Compiled } from './wasm.ts';

/**
 * One native call a step, for processors. The state lies in a memory of WebAssembly: ONNX Runtime reads it there and
 * writes beside it what the fused update needs, which are the gradients; so no state is copied between two steps.
 */
export async function compileStepScan(program: ScanProgram, provider: EngineChoice['provider']): Promise<CompiledScan> {
  const { graph, inputs: used, state, fetched, outputs, update } = traceStep(program);
  // A graph without outputs has nothing to run; ONNX Runtime refuses it.
  const session = graph.hasOutputs ? await createSession(provider, graph.model()) : undefined;

  const floats = ({ offset, size }: Place): Float32Array => new Float32Array(update.memory, offset, size);
  const onlyUsed = <V>(object: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(object).filter(([name]) => used.has(name)));
  const specs = {
    state: onlyUsed(program.state),
    constants: onlyUsed(program.constants),
    steps: onlyUsed(program.steps),
  };
  const stateFeeds = feeds(specs.state, mapValues(state, floats));
  const updateFetches = Object.fromEntries(
    fetched.map(({ value, place, shape }) => [value, new ort.Tensor('float32', floats(place), shape)]),
  );
  let released = false;
  return {
    async run(inputs: ScanInputs): Promise<ScanResult> {
      if (released) throw new Error('the scan was released');
      for (const [name, place] of Object.entries(state)) floats(place).set(inputArray(inputs.state, name));
      const stacked = mapValues(outputs, ({ shape }) => new Float32Array(inputs.count * sizeOf(shape)));
      const runFeeds = { ...stateFeeds, ...feeds(specs.constants, inputs.constants) };
      for (let step = 0; step < inputs.count; step++) {
        const slice = <A extends { subarray: (from: number, to: number) => A }>(data: A, size: number): A =>
          data.subarray(step * size, (step + 1) * size);
        const stepInputs = mapValues(specs.steps, ({ shape }, name) =>
          slice(inputArray(inputs.steps, name) as Float32Array, sizeOf(shape)),
        );
        const fetches = { ...updateFetches };
        for (const [name, { value, shape }] of Object.entries(outputs)) {
          fetches[value] = new ort.Tensor('float32', slice(stacked[name]!, sizeOf(shape)), shape);
        }
        const copies = await session?.run({ ...runFeeds, ...feeds(specs.steps, stepInputs) }, fetches);
        // Of all that was written to the arrays given for it: as large as the model, in each step.
        if (copies) freeArrays(mapValues(copies, ({ data }) => data as Float32Array));
        update.run();
      }
      return { state: mapValues(state, (place) => floats(place).slice()), outputs: stacked };
    },
    async release() {
      released = true;
      await session?.release();
    },
  };
}

interface TracedStep {
  readonly graph: GraphBuilder;
  /** Those of the program's inputs that the graph reads, under their own names. */
  readonly inputs: ReadonlySet<string>;
  readonly state: Readonly<Record<string, Place>>;
  /** Outputs of the graph that the update reads. */
  readonly fetched: readonly { readonly value: Value; readonly shape: readonly number[]; readonly place: Place }[];
  /** The step's outputs: their names in the graph. */
  readonly outputs: Readonly<Record<string, { readonly value: Value; readonly shape: readonly number[] }>>;
  /** Makes of the state and what was fetched the next state; all places lie in its memory. */
  readonly update: Compiled;
}

function traceStep(program: ScanProgram): TracedStep {
  const graph = new GraphBuilder('');
  const inputs = new Set<string>();
  const nameInput = (name: string, { shape, type = 'float32' }: ScanProgram['state'][string]): Value => {
    inputs.add(name);
    return graph.input(name, type, shape);
  };
  const layout = new Layout();
  const state = mapValues(program.state, ({ shape }) => layout.allocate(sizeOf(shape)));
  const fetched = new Map<Traced, TracedStep['fetched'][number]>();

  return recordStep(program, graph, { state: nameInput, constant: nameInput, step: nameInput }, (step) => {
    const current = new Map(Object.entries(step.state).map(([name, tensor]) => [trace.traced(tensor), state[name]!]));
    const placeOf = (leaf: Traced, size: number): Place => {
      // Only a loop that goes through the whole of it may read a state where another loop could write.
      const own = current.get(leaf);
      if (own?.size === size) return own;
      let fetch = fetched.get(leaf);
      if (!fetch) {
        fetch = {
          value: addOutput(graph, leaf.value()),
          shape: leaf.shape,
          place: layout.allocate(sizeOf(leaf.shape)),
        };
        fetched.set(leaf, fetch);
      }
      return fetch.place;
    };
    const assignments = Object.entries(state).map(([name, target]) => ({
      target,
      source: trace.traced(step.next[name]!),
    }));
    const { code, vectors } = fuseUpdate(assignments, placeOf);
    const outputs = mapValues(step.outputs, (tensor) => ({
      value: addOutput(graph, trace.value(tensor)),
      shape: tensor.shape,
    }));
    const update = compile(code, vectors, layout.bytes);
    return { graph, inputs, state, fetched: [...fetched.values()], outputs, update };
  });
}
