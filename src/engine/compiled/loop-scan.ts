import * as ort from './onnx-runtime.ts';
import type { EngineChoice } from '../choice.ts';
import type { ScanInputs, ScanProgram, ScanResult } from '../engine.ts';
import { GraphBuilder, type Value } from './onnx/graph.ts';
import { addOutput, recordStep, typeOf } from './record-step.ts';
import { createSession, feeds, type CompiledScan } from './session.ts';
import { traceBackend as trace } from './trace-backend.ts';

/**
 * The whole scan as one ONNX Loop, so that the state stays on the device: its carried values are the program's state,
 * its scan outputs the step's outputs. Constants and stacked step inputs are read from the outer graph; step `i` gathers
 * its own slice.
 */
export async function compileLoopScan(program: ScanProgram, provider: EngineChoice['provider']): Promise<CompiledScan> {
  const { model, outputs } = traceLoop(program);
  const session = await createSession(provider, model);
  return {
    async run(inputs: ScanInputs): Promise<ScanResult> {
      const fetched = await session.run({
        count: new ort.Tensor('int64', BigInt64Array.of(BigInt(inputs.count)), []),
        ...feeds(program.state, inputs.state),
        ...feeds(program.constants, inputs.constants),
        ...feeds(program.steps, inputs.steps, inputs.count),
      });
      const read = (names: Readonly<Record<string, Value>>): Record<string, Float32Array> =>
        Object.fromEntries(Object.entries(names).map(([name, value]) => [name, fetched[value]!.data as Float32Array]));
      return { state: read(outputs.state), outputs: read(outputs.steps) };
    },
    release: () => session.release(),
  };
}

interface TracedLoop {
  /** A serialised ONNX model: inputs `count`, then the program's own names; outputs as in `outputs`. */
  readonly model: Uint8Array;
  readonly outputs: {
    readonly state: Readonly<Record<string, Value>>;
    readonly steps: Readonly<Record<string, Value>>;
  };
}

function traceLoop(program: ScanProgram): TracedLoop {
  const graph = new GraphBuilder('');
  const body = new GraphBuilder('step_');
  const stateNames = Object.keys(program.state);

  graph.input('count', 'int64', []);
  for (const [name, spec] of Object.entries(program.constants)) graph.input(name, typeOf(spec), spec.shape);
  for (const [name, spec] of Object.entries(program.steps)) graph.input(name, typeOf(spec), [-1, ...spec.shape]);
  for (const [name, spec] of Object.entries(program.state)) graph.input(name, typeOf(spec), spec.shape);

  body.input('step', 'int64', []);
  body.input('go', 'bool', []);
  const carried = (name: string): Value => `carried_${name}`;
  for (const [name, spec] of Object.entries(program.state)) body.input(carried(name), typeOf(spec), spec.shape);

  const nameInput = {
    state: carried,
    constant: (name: string) => name,
    step: (name: string) => body.op('Gather', [name, 'step'], { axis: 0 }),
  };
  const outputNames = recordStep(program, body, nameInput, ({ next, outputs }) => {
    body.output(body.op('Identity', ['go']), 'bool');
    for (const name of stateNames) addOutput(body, trace.value(next[name]!));
    for (const tensor of Object.values(outputs)) addOutput(body, trace.value(tensor));
    return Object.keys(outputs);
  });

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
