/**
 * Where the time of a training step goes, node by node: `npm run profile`. ONNX Runtime's profiler adds
 * about a microsecond to a node; what lies outside of its run is timed here.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sum } from 'simple-statistics';
import { channelBlock } from '../../src/engine/compiled/channel-block.ts';
import { CompiledEngine } from '../../src/engine/compiled/compiled-engine.ts';
import { nativeLibrary, type Handle } from '../../src/engine/compiled/native-library.ts';
import type { ModelShape } from '../../src/model/architecture.ts';
import { createTrainer } from './training-step.ts';

const [WARM_UP, STEPS] = [60, 200];
/** Nodes that take less a step are told together. */
const LEAST_MS = 0.02;
const IMAGES = 10_000;
const SIZE = 28;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: { readonly op_name?: string; readonly output_type_shape?: readonly Record<string, number[]>[] };
}

const common = {
  activation: 'relu',
  likelihood: 'bernoulli',
  height: SIZE,
  width: SIZE,
  channels: 1,
  outputChannels: 1,
  latentDim: 20,
} as const;
const models: Readonly<Record<string, ModelShape>> = {
  'MLP 784-400-20': { ...common, architecture: 'mlp', own: { hidden: [400] } },
  'conv 32-64': { ...common, architecture: 'conv', own: { channels: [32, 64] } },
};

// Asked by a session of its own, which isn't to be profiled.
channelBlock();

for (const [what, model] of Object.entries(models)) {
  const profile = await profileSteps(model);
  print(`\n${what}: ${profile.step.toFixed(2)} ms a step`);
  const rows = [...profile.nodes].sort((a, b) => b[1] - a[1]);
  const [large, small] = [rows.filter(([, ms]) => ms >= LEAST_MS), rows.filter(([, ms]) => ms < LEAST_MS)];
  for (const [node, ms] of large) print(`  ${ms.toFixed(3).padStart(7)}  ${node}`);
  const others: [string, number][] = [
    [`${small.length} smaller kinds of node`, sum(small.map(([, ms]) => ms))],
    ['between nodes, in the run', profile.run - sum(rows.map(([, ms]) => ms))],
    ['the call', profile.call - profile.run],
    ['noise and batches', profile.inputs],
    ['the update, and slices', profile.step - profile.call - profile.inputs],
  ];
  for (const [part, ms] of others) print(`  ${ms.toFixed(3).padStart(7)}  ${part}`);
}

interface Profile {
  /** All in ms a step: from node to node by operator and shape, ONNX Runtime's run, the call around it, all. */
  readonly nodes: ReadonlyMap<string, number>;
  readonly run: number;
  readonly call: number;
  readonly inputs: number;
  readonly step: number;
}

async function profileSteps(model: ModelShape): Promise<Profile> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-profile-'));
  const library = nativeLibrary();
  const { call, make } = library;
  const sessions: Handle[] = [];
  let callMs = 0;
  Object.assign(library, {
    make(name: Parameters<typeof make>[0], ...inputs: unknown[]) {
      const handle = make(name, ...inputs);
      if (name === 'createSession') sessions.push(handle);
      return handle;
    },
    call(name: Parameters<typeof call>[0], ...inputs: unknown[]) {
      const started = performance.now();
      call(name, ...inputs);
      if (name === 'run') callMs += performance.now() - started;
      if (name === 'setThreads') call('enableProfiling', inputs[0], path.join(folder, 'steps'));
    },
  });
  try {
    const pixels = new Uint8Array(IMAGES * SIZE * SIZE).map((_, i) => (i * 2_654_435_761) >>> 24);
    const trainer = await createTrainer(new CompiledEngine('cpu'), model, pixels);
    await trainer.chunk(WARM_UP);
    callMs = 0;
    const step = await trainer.chunk(STEPS);
    const inputs = trainer.inputMs();
    const called = callMs / STEPS;
    // Only then is the profile whole. Nothing runs this session again.
    for (const session of sessions) library.release('session', session);
    const events = JSON.parse(readFileSync(path.join(folder, readdirSync(folder)[0]!), 'utf8')) as Event[];
    const runs = events.filter(({ name }) => name === 'model_run').slice(-STEPS);
    const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    const measured = kernels.slice(-(kernels.length / (WARM_UP + STEPS)) * STEPS);
    const nodes = new Map<string, number>();
    for (const { args, dur } of measured) {
      const shapes = args.output_type_shape?.map((shape) => Object.values(shape)[0]!.join('×')).join(', ');
      const node = `${args.op_name} → ${shapes}`;
      nodes.set(node, (nodes.get(node) ?? 0) + dur / 1000 / STEPS);
    }
    return { nodes, run: sum(runs.map(({ dur }) => dur)) / 1000 / STEPS, call: called, inputs, step };
  } finally {
    Object.assign(library, { call, make });
    rmSync(folder, { recursive: true });
  }
}
