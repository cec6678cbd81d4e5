/** Finds out, before the cases run, how the peers run best on this machine. */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { median } from 'simple-statistics';
import type { Surroundings } from './bench-case.ts';
import { productMs } from './floor.ts';
import { findSprites, load } from './images.ts';
import { PeerPeaks } from './peer-peaks.ts';
import { AS_INSTALLED, coresOf, fastestRight, findBestSetup, KNOBS, ONE_THREAD } from './peer-setup.ts';
import type { BestSetup, Knob, PeerSetup, Probed } from './peer-setup.ts';
import { PeerStep, type PeerModel } from './peer-step.ts';

export interface PeerSetups {
  /** PyTorch, one trial alone. */
  readonly mlp: BestSetup;
  readonly conv: BestSetup;
  /** PyTorch, both at a time as in a sweep: one environment, one thread a process. Its time is that of both steps. */
  readonly sweep: Probed;
  /** numpy's products, for the floor. */
  readonly products: BestSetup;
}

const WIDTHS = { mlp: [512], conv: [32, 64] };
/** An eighth of a second, roughly. */
const STEPS = { mlp: 10, conv: 3 };
/** From the first on: their loss is compared, and they warm up. */
const CHECKED_STEPS = 10;
const PRODUCT_FLOATS = 1e6;
/** The plainest kernels: the reference must not share the faults of those that are held against it. */
const PLAIN = { env: { OPENBLAS_CORETYPE: os.arch() === 'arm64' ? 'ARMV8' : 'Prescott' }, settings: {} };

/** A set-up at work. */
interface Contestant {
  readonly kernels: string | null;
  /** Whether the libraries that it asks for were found. */
  readonly preloaded: boolean;
  readonly error: number;
  sampleMs(): Promise<number>;
  close(): Promise<void>;
}
type Start = (setup: PeerSetup) => Promise<Contestant>;

/** Trains the default models on the built-in data set, so that it needs none. */
export async function probePeers({ quick, temporaryFolder }: Surroundings): Promise<PeerSetups> {
  const rounds = quick ? 1 : 5;
  const { train, height, width } = await load(await findSprites({ train: null, validation: null }));
  const images = path.join(await temporaryFolder(), 'images');
  await writeFile(images, train.images);
  const model = {
    activation: 'relu',
    likelihood: 'bernoulli',
    latentDim: 10,
    height,
    width,
    channels: 1,
    outputChannels: 1,
  } as const;
  const startMlp = await starter(
    { model: { ...model, architecture: 'mlp', own: { hidden: WIDTHS.mlp } }, images },
    STEPS.mlp,
  );
  const startConv = await starter(
    { model: { ...model, architecture: 'conv', own: { channels: WIDTHS.conv } }, images },
    STEPS.conv,
  );
  const best = (knobs: readonly Knob[], start: Start, from = AS_INSTALLED): Promise<BestSetup> =>
    findBestSetup(from, quick ? knobs.map((knob) => knob.slice(0, 1)) : knobs, (setups) => race(setups, start, rounds));
  const mlp = await best(KNOBS.mlp, startMlp);
  const conv = await best(KNOBS.conv, startConv);
  const startBoth: Start = async ({ env }) => {
    const first = await startMlp({ env, settings: mlp.best.setup.settings });
    const { settings } = conv.best.setup;
    return closedOnFailure(first, async () => both(first, await startConv({ env, settings })));
  };
  const environments = [mlp, conv].map(({ best: { setup } }) => ({
    env: { ...setup.env, ...ONE_THREAD },
    settings: {},
  }));
  const sweep = fastestRight(await race(environments, startBoth, rounds));
  return { mlp, conv, sweep, products: await best(KNOBS.products, startProducts, { env: ONE_THREAD, settings: {} }) };
}

/** Measures set-ups in turn, round after round, so that a drift of the machine favours none of them. */
async function race(setups: readonly PeerSetup[], start: Start, rounds: number): Promise<Probed[]> {
  const starts = await Promise.allSettled(setups.map(start));
  // Kernels that ask for instructions the processor hasn't got end their process.
  const started = setups.flatMap((setup, i) => {
    const result = starts[i]!;
    return result.status === 'fulfilled' ? [{ setup, contestant: result.value }] : [];
  });
  try {
    // The first is what all others start from, or are held against.
    if (starts[0]?.status === 'rejected') throw starts[0].reason;
    const seen = new Set<string>();
    const runners = started.filter(({ setup, contestant: { kernels, preloaded } }) => {
      // Under another name, or a name that OpenBLAS doesn't know, the same kernels may have come before.
      const key = JSON.stringify([{ ...setup.env, OPENBLAS_CORETYPE: kernels }, setup.settings]);
      return preloaded && seen.size < seen.add(key).size;
    });
    const samples = runners.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      const turns = [...runners.entries()];
      for (const [i, { contestant }] of round % 2 === 0 ? turns : turns.reverse()) {
        samples[i]!.push(await contestant.sampleMs());
      }
    }
    return runners.map(({ setup, contestant: { kernels, error } }, i) => ({
      setup,
      ms: median(samples[i]!),
      error,
      kernels,
    }));
  } finally {
    await Promise.all(started.map(({ contestant }) => contestant.close()));
  }
}

/** Starts training steps of one model, and knows the loss that they must come to. */
async function starter(model: PeerModel, steps: number): Promise<Start> {
  const plain = new PeerStep({ ...model, double: true }, PLAIN);
  let exact: number;
  try {
    await plain.ready();
    exact = (await plain.train(CHECKED_STEPS)).loss;
  } finally {
    await plain.close();
  }
  return async (setup) => {
    const step = new PeerStep(model, setup);
    return closedOnFailure(step, async () => {
      const { kernels, preloaded } = await step.ready();
      const { loss } = await step.train(CHECKED_STEPS);
      const error = Math.abs(loss / exact - 1);
      const sampleMs = async (): Promise<number> => coresOf(setup) * (await step.train(steps)).ms;
      return { kernels, preloaded, error, sampleMs, close: () => step.close() };
    });
  };
}

async function startProducts(setup: PeerSetup): Promise<Contestant> {
  const peaks = new PeerPeaks(PRODUCT_FLOATS, setup);
  const sampleMs = async (): Promise<number> => productMs(await peaks.measure());
  return closedOnFailure(peaks, async () => ({
    ...(await peaks.ready()),
    sampleMs,
    close: () => peaks.close(),
  }));
}

/** A process that nobody closes would keep the bench from ending. */
async function closedOnFailure<T>(process: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await process.close();
    throw error;
  }
}

function both(first: Contestant, second: Contestant): Contestant {
  return {
    kernels: first.kernels,
    preloaded: first.preloaded && second.preloaded,
    error: Math.max(first.error, second.error),
    sampleMs: async () => (await first.sampleMs()) + (await second.sampleMs()),
    close: async () => {
      await Promise.all([first.close(), second.close()]);
    },
  };
}
