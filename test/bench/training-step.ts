/** Training steps of one model, ours beside PyTorch's. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median } from 'simple-statistics';
import { CompiledEngine } from '../../src/engine/compiled/compiled-engine.ts';
import type { Engine, Scan, ScanInputs } from '../../src/engine/engine.ts';
import { randomStream } from '../../src/random.ts';
import { adamSchedule } from '../../src/training/adam.ts';
import type { ModelShape } from '../../src/model/architecture.ts';
import { weightSpecs } from '../../src/model/model.ts';
import { GatheredImages } from '../../src/training/gathered-images.ts';
import { initialWeights, zeroMoments } from '../../src/training/initial-state.ts';
import { trainingProgram } from '../../src/training/programs.ts';
import { momentsOf } from '../../src/data/pixel-means.ts';
import type { Bench, Measurement } from './bench-case.ts';
import { bestPeaks, copiedFloats, floorMs, peakMeter, stepFlops } from './floor.ts';
import { interleave } from './interleave.ts';
import { NO_PYTORCH } from './peer-process.ts';
import { PeerPeaks } from './peer-peaks.ts';
import { AS_INSTALLED, describeSetup } from './peer-setup.ts';
import { BATCH_SIZE, PeerStep, type PeerModel } from './peer-step.ts';

const LEARNING_RATE = 1e-3;

export interface StepCase {
  readonly what: string;
  readonly model: ModelShape;
  /** Grey images of the model's size. */
  readonly images: Uint8Array;
  readonly notes: readonly string[];
  /** Times PyTorch's speed. */
  readonly speed: { readonly minimum: number; readonly aim: number };
  /** Adds a row that shows what a peer's set-up is worth. */
  readonly besideInstalled?: true;
  /** Share of the floor reached, 1 = as fast as possible. */
  readonly share: { readonly minimum: number; readonly aim: number };
}

/** The step against PyTorch's and against its floor, all interleaved; where asked, against PyTorch as installed as well. */
export async function measureSteps(bench: Bench, stepCase: StepCase): Promise<Measurement[]> {
  const { what, model, images, ...rest } = stepCase;
  if (bench.peers === undefined) throw new Error(NO_PYTORCH);
  const { best } = bench.peers[model.architecture as 'mlp' | 'conv'];
  const steps = stepsAChunk(bench);
  const engine = new CompiledEngine('cpu');
  const trainer = await createTrainer(engine, model, images);
  const peaks = await peakMeter(engine, trainer.weights);
  const imageFile = path.join(await bench.temporaryFolder(), 'images');
  await writeFile(imageFile, images);
  const peerModel = { model, images: imageFile };
  const peer = new PeerStep(peerModel, best.setup);
  const peerPeaks = new PeerPeaks(copiedFloats(trainer.weights), bench.peers.products.best.setup);
  try {
    await peerPeaks.ready();
    const { weights } = await peer.ready();
    if (weights !== trainer.weights) throw new Error(`ours has ${trainer.weights} weights, the peer's ${weights}`);
    const peerLosses: number[] = [];
    const peerStepMs = async (): Promise<number> => {
      const { ms, loss } = await peer.train(steps);
      peerLosses.push(loss);
      return ms;
    };
    await trainer.chunk(steps);
    await peerStepMs();
    const floors: number[] = [];
    const sgemm: Record<'ours' | 'peer' | 'best', number[]> = { ours: [], peer: [], best: [] };
    const pairs = await interleave(
      bench.quick ? 3 : 15,
      async () => {
        const measured = { ours: await peaks(), peer: await peerPeaks.measure() };
        const all = { ...measured, best: bestPeaks(measured.ours, measured.peer) };
        for (const side of ['ours', 'peer', 'best'] as const) sgemm[side].push(all[side].flopsPerMs / 1e6);
        floors.push(floorMs(model, BATCH_SIZE, all.best));
        return trainer.chunk(steps);
      },
      peerStepMs,
    );
    const last = steps * (pairs.ours.length + 1);
    const losses = `loss around step ${last}: ours ${trainer.loss().toFixed(1)}, PyTorch ${peerLosses.at(-1)!.toFixed(1)}`;
    const gflop = stepFlops(model, BATCH_SIZE) / 1e9;
    const peak = median(sgemm.best);
    const shown = (side: 'ours' | 'peer'): string => median(sgemm[side]).toFixed(0);
    const work =
      `${gflop.toFixed(2)} GFLOP a step at ${peak.toFixed(0)} GFLOP/s, the better of ours (${shown('ours')}) and numpy's ` +
      `(${shown('peer')}) each time, are ${((1000 * gflop) / peak).toFixed(2)} ms of the floor`;
    return [
      {
        what,
        unit: 'ms',
        ...pairs,
        target: { figure: 'peer/ours', sense: 'at least', ...rest.speed },
        notes: [...rest.notes, losses, `of ours, ${trainer.inputMs().toFixed(2)} ms a step made noise and batches`],
      },
      {
        what: `${what}: share of the floor`,
        unit: 'ms',
        ours: pairs.ours,
        peer: floors,
        target: { figure: 'peer/ours', sense: 'at least', ...rest.share },
        notes: [work],
      },
      ...(rest.besideInstalled === true ? [await besideInstalled(bench, what, peerModel, trainer)] : []),
    ];
  } finally {
    await Promise.all([peer.close(), peerPeaks.close()]);
  }
}

async function besideInstalled(bench: Bench, what: string, model: PeerModel, trainer: Trainer): Promise<Measurement> {
  const steps = stepsAChunk(bench);
  const peer = new PeerStep(model, AS_INSTALLED);
  try {
    const { kernels } = await peer.ready();
    await peer.train(steps);
    const pairs = await interleave(
      bench.quick ? 2 : 5,
      () => trainer.chunk(steps),
      async () => (await peer.train(steps)).ms,
    );
    const notes = [`the peer there: ${describeSetup({ setup: AS_INSTALLED, kernels })}`];
    return { what: `${what}: PyTorch as installed`, unit: 'ms', ...pairs, target: null, notes };
  } finally {
    await peer.close();
  }
}

function stepsAChunk({ quick }: Bench): number {
  return quick ? 10 : 50;
}

export interface Trainer {
  readonly weights: number;
  /** Trains so many steps and returns what one took, in ms, the making of its inputs included. */
  chunk(steps: number): Promise<number>;
  /** Of the last chunk, nats per image. */
  loss(): number;
  /** Time spent making inputs for a step of the last chunk. */
  inputMs(): number;
}

export async function createTrainer(engine: Engine, model: ModelShape, images: Uint8Array): Promise<Trainer> {
  const scan: Scan = await engine.prepare(trainingProgram(model, BATCH_SIZE, false));
  const pixels = model.height * model.width;
  const count = images.length / pixels;
  const gathered = new GatheredImages(model);
  const specs = weightSpecs(model);
  const weights = initialWeights(model, 'he', 0, momentsOf({ count, images }, pixels));
  let state: ScanInputs['state'] = { ...weights, ...zeroMoments(specs) };
  let done = 0;
  let loss = NaN;
  let inputMs = NaN;
  return {
    weights: Object.values(weights).reduce((sum, values) => sum + values.length, 0),
    loss: () => loss,
    inputMs: () => inputMs,
    async chunk(steps) {
      const startedMs = performance.now();
      const { indices, others } = stepInputs(model, count, done, steps);
      const stacked = { images: gathered.gather(images, indices), ...others };
      const inputs = { count: steps, state, constants: {}, steps: stacked };
      const madeMs = performance.now();
      const result = await scan.run(inputs);
      const endedMs = performance.now();
      state = result.state;
      done += steps;
      const { reconstruction, kl } = result.outputs;
      loss = [...reconstruction!, ...kl!].reduce((sum, value) => sum + value) / steps;
      inputMs = (madeMs - startedMs) / steps;
      return (endedMs - startedMs) / steps;
    },
  };
}

/** What src/training/train.ts feeds: batches in random order, fresh noise, Adam's schedule. */
function stepInputs(
  model: ModelShape,
  images: number,
  first: number,
  steps: number,
): { readonly indices: Int32Array; readonly others: ScanInputs['steps'] } {
  const order = randomStream(['bench', 'order', first]).permutation(images);
  const schedules = Array.from({ length: steps }, (_, i) => adamSchedule(LEARNING_RATE, first + i + 1));
  const adam = Object.keys(schedules[0]!) as (keyof ReturnType<typeof adamSchedule>)[];
  const noise = new Float32Array(steps * BATCH_SIZE * model.latentDim);
  return {
    indices: Int32Array.from({ length: steps * BATCH_SIZE }, (_, i) => order[i % images]!),
    others: {
      imageWeights: new Float32Array(steps * BATCH_SIZE).fill(1 / BATCH_SIZE),
      noise: randomStream(['bench', 'noise', first]).fillNormal(noise),
      beta: new Float32Array(steps).fill(1),
      ...Object.fromEntries(adam.map((name) => [name, Float32Array.from(schedules, (schedule) => schedule[name])])),
    },
  };
}
