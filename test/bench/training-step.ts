/** Training steps of one model, ours beside PyTorch's. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median } from 'simple-statistics';
import { CompiledEngine } from '../../src/engine/compiled/compiled-engine.ts';
import type { Engine, Scan, ScanInputs } from '../../src/engine/engine.ts';
import { randomStream } from '../../src/random.ts';
import { adamSchedule } from '../../src/vae/adam.ts';
import { weightSpecs, type ModelShape } from '../../src/vae/architecture.ts';
import { initialWeights, zeroMoments } from '../../src/vae/initial-state.ts';
import { trainingProgram } from '../../src/vae/programs.ts';
import { pixelMeans } from '../../src/data/pixel-means.ts';
import type { Bench, Measurement } from './bench-case.ts';
import { floorMs, peakMeter, stepFlops } from './floor.ts';
import { interleave } from './interleave.ts';
import { PeerProcess } from './peer-process.ts';

const BATCH_SIZE = 128;
const LEARNING_RATE = 1e-3;

export interface StepCase {
  readonly what: string;
  readonly model: ModelShape;
  /** Grey images of the model's size. */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly notes: readonly string[];
  /** Times PyTorch's speed. */
  readonly speed: { readonly minimum: number; readonly aim: number };
  /** Share of the floor reached, 1 = as fast as possible. */
  readonly share: { readonly minimum: number; readonly aim: number };
}

/** Two rows: the step against PyTorch's, and the step against its floor, all interleaved. */
export async function measureSteps(bench: Bench, { what, model, images, ...rest }: StepCase): Promise<Measurement[]> {
  const steps = bench.quick ? 10 : 50;
  const engine = new CompiledEngine('cpu');
  const trainer = await createTrainer(engine, model, images);
  const peaks = await peakMeter(engine, trainer.weights);
  const imageFile = path.join(await bench.temporaryFolder(), 'images');
  await writeFile(imageFile, images);
  const peer = new PeerProcess('step.py', peerSettings(model, imageFile));
  try {
    const { weights } = (await peer.answer()) as { weights: number };
    if (weights !== trainer.weights) throw new Error(`ours has ${trainer.weights} weights, the peer's ${weights}`);
    const peerLosses: number[] = [];
    const peerStepMs = async (): Promise<number> => {
      const { seconds, loss } = (await peer.ask({ steps })) as { seconds: number; loss: number };
      peerLosses.push(loss);
      return (1000 * seconds) / steps;
    };
    await trainer.chunk(steps);
    await peerStepMs();
    const floors: number[] = [];
    const sgemm: number[] = [];
    const pairs = await interleave(
      bench.quick ? 3 : 15,
      async () => {
        const measured = await peaks();
        sgemm.push(measured.flopsPerMs / 1e6);
        floors.push(floorMs(model, BATCH_SIZE, measured));
        return trainer.chunk(steps);
      },
      peerStepMs,
    );
    const last = steps * (pairs.ours.length + 1);
    const losses = `loss around step ${last}: ours ${trainer.loss().toFixed(1)}, PyTorch ${peerLosses.at(-1)!.toFixed(1)}`;
    const gflop = stepFlops(model, BATCH_SIZE) / 1e9;
    const peak = median(sgemm);
    const work = `${gflop.toFixed(2)} GFLOP a step at ${peak.toFixed(0)} GFLOP/s are ${((1000 * gflop) / peak).toFixed(2)} ms of the floor`;
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
    ];
  } finally {
    await peer.close();
  }
}

function peerSettings({ architecture, widths, latentDim, height, width }: ModelShape, images: string): object {
  return { architecture, widths, latent_dim: latentDim, height, width, batch_size: BATCH_SIZE, images };
}

interface Trainer {
  readonly weights: number;
  /** Trains so many steps and returns what one took, in ms, the making of its inputs included. */
  chunk(steps: number): Promise<number>;
  /** Of the last chunk, nats per image. */
  loss(): number;
  /** Time spent making inputs for a step of the last chunk. */
  inputMs(): number;
}

async function createTrainer(engine: Engine, model: ModelShape, images: Uint8Array<ArrayBuffer>): Promise<Trainer> {
  const scan: Scan = await engine.prepare(trainingProgram(model, BATCH_SIZE, false));
  const pixels = model.height * model.width;
  const count = images.length / pixels;
  const specs = weightSpecs(model);
  const weights = initialWeights(specs, 0, pixelMeans({ count, images }, pixels));
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
      const inputs = { count: steps, state, constants: { images }, steps: stepInputs(model, count, done, steps) };
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

/** What src/vae/train.ts feeds: batches in random order, fresh noise, Adam's schedule. */
function stepInputs(model: ModelShape, images: number, first: number, steps: number): ScanInputs['steps'] {
  const order = randomStream(['bench', 'order', first]).permutation(images);
  const schedules = Array.from({ length: steps }, (_, i) => adamSchedule(LEARNING_RATE, first + i + 1));
  const adam = Object.keys(schedules[0]!) as (keyof ReturnType<typeof adamSchedule>)[];
  const noise = new Float32Array(steps * BATCH_SIZE * model.latentDim);
  return {
    indices: Int32Array.from({ length: steps * BATCH_SIZE }, (_, i) => order[i % images]!),
    imageWeights: new Float32Array(steps * BATCH_SIZE).fill(1 / BATCH_SIZE),
    noise: randomStream(['bench', 'noise', first]).fillNormal(noise),
    beta: new Float32Array(steps).fill(1),
    ...Object.fromEntries(adam.map((name) => [name, Float32Array.from(schedules, (schedule) => schedule[name])])),
  };
}
