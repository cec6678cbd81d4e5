import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from '../../src/engine/compiled/onnx-runtime.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ScanInputs, ScanProgram } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { evaluationProgram, trainingProgram } from '../../src/training/programs.ts';
import { engineConformance } from '../engine/conformance.ts';
import { batchInputs, testModels, testWeights } from '../training/support.ts';

const load = () => loadEngine({ engine: 'compiled', provider: 'webgpu' });
engineConformance('compiled on webgpu', load);

let folder: string;
const sessions: ort.InferenceSession[] = [];
/** Where the inputs of each call of a session lay. */
const calls: Record<string, string>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webgpu-profile-'));
  sessions.length = calls.length = 0;
  const create = ort.InferenceSession.create.bind(ort.InferenceSession) as (
    model: Uint8Array,
    options: ort.InferenceSession.SessionOptions,
  ) => Promise<ort.InferenceSession>;
  vi.spyOn(ort.InferenceSession, 'create').mockImplementation((async (
    model: Uint8Array,
    options: ort.InferenceSession.SessionOptions,
  ) => {
    const profileFilePrefix = join(folder, `session-${sessions.length}`);
    const session = await create(model, { ...options, enableProfiling: true, profileFilePrefix });
    const run = session.run.bind(session);
    vi.spyOn(session, 'run').mockImplementation((feeds: Record<string, ort.Tensor>) => {
      calls.push(Object.fromEntries(Object.entries(feeds).map(([name, { location }]) => [name, location])));
      return run(feeds);
    });
    sessions.push(session);
    return session;
  }) as typeof ort.InferenceSession.create);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** The kernels that ran in the session of the steps, the first that was made, as `operator on provider`, each once. */
async function kernelsOfSteps(): Promise<string[]> {
  sessions[0]!.endProfiling();
  const files = (await readdir(folder)).filter((file) => file.startsWith('session-0'));
  const profiles = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  interface Event {
    readonly cat: string;
    readonly args: { readonly op_name?: string; readonly provider?: string };
  }
  const events = profiles.flatMap((profile) => JSON.parse(profile) as Event[]);
  const ran = events.filter(({ cat, args }) => cat === 'Node' && args.op_name);
  return [...new Set(ran.map(({ args }) => `${args.op_name} on ${args.provider}`))].sort();
}

const STEPS = 3;

it.each(
  Object.entries(testModels).flatMap(([name, model]) => {
    const inputs = batchInputs(model, { batchSize: 5, count: STEPS, seed: 1, clipNorm: 1 });
    const { images, noise, condition } = inputs.steps as Record<'images' | 'noise', Float32Array> & {
      condition?: Float32Array;
    };
    const evaluation: ScanInputs = {
      count: STEPS,
      state: {},
      constants: testWeights(model),
      steps: { images, noise, ...(condition && { condition }) },
    };
    return [
      [`training ${name}`, trainingProgram(model, 5, true), inputs],
      [`evaluating ${name}`, evaluationProgram(model, 5), evaluation],
    ] as [string, ScanProgram, ScanInputs][];
  }),
)('%s keeps state and constants on the device between steps', async (_, program, inputs) => {
  const scan = await (await load()).prepare(program);
  await scan.run(inputs);

  const steps = calls.filter((inputs) => 'images' in inputs);
  expect(steps).toHaveLength(STEPS);
  for (const locations of steps) {
    for (const name of [...Object.keys(program.state), ...Object.keys(program.constants)])
      expect(locations[name], name).toBe('gpu-buffer');
  }
  const ran = await kernelsOfSteps();
  expect(ran).toContain('Gemm on WebGpuExecutionProvider');
  // Neither Loop nor any other operator of the processor, for which ONNX Runtime inserts copies.
  expect(ran.filter((kernel) => !/^(?!Memcpy).* on WebGpuExecutionProvider$/.test(kernel))).toEqual([]);
});
