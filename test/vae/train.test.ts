import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { locateDataset } from '../../src/data/locate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import type { StopReason, TrainJob, TrialEvent, TrialOutcome } from '../../src/executor/protocol.ts';
import type { Parameters, TrainSettings } from '../../src/trial/trial.ts';
import { bitClassOf } from '../../src/vae/bit-class.ts';
import { runTrial } from '../../src/vae/run-trial.ts';
import { decodeTensors, encodeTensors } from '../../src/vae/safetensors.ts';

const settings = { name: 'sprites-mini', train: 200, validation: 100, binarization: 'grey' } as const;
const mlp: Parameters = {
  architecture: 'mlp',
  hidden: [16],
  activation: 'relu',
  init: 'he',
  latentDim: 3,
  beta: 2,
  learningRate: 1e-2,
  likelihood: 'bernoulli',
};
const conv: Parameters = {
  architecture: 'conv',
  channels: [4, 4],
  activation: 'relu',
  init: 'he',
  latentDim: 2,
  beta: 2,
  learningRate: 1e-2,
  likelihood: 'bernoulli',
};

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
});

interface Options {
  readonly parameters?: Parameters;
  readonly train?: Partial<TrainSettings>;
  readonly seed?: number;
  readonly validation?: number;
}

async function newJob({ parameters = mlp, train, seed = 0, validation = 100 }: Options = {}): Promise<TrainJob> {
  const dataset = { ...settings, validation };
  return {
    kind: 'train',
    trialId: '00000000000000aa',
    attempt: 1,
    seed,
    config: { parameters, train: { epochs: 3, batchSize: 16, clipNorm: null, ...train }, dataset },
    dataset: await locateDataset(dataset),
    // The trial makes its folder.
    directory: path.join(await mkdtemp(path.join(tmpdir(), 'trial-')), 'sweep', 'trial'),
  };
}

/** Runs a job; `stopAt` counts the times that the trial asks whether to stop, after the first, before it begins. */
async function run(job: TrainJob, stopAt = Infinity): Promise<{ outcome: TrialOutcome; events: TrialEvent[] }> {
  const events: TrialEvent[] = [];
  let asked = -1;
  const stopRequested = (): StopReason | undefined => (++asked >= stopAt ? 'interrupted' : undefined);
  const outcome = await runTrial(job, { engine, emit: (event) => events.push(event), stopRequested });
  return { outcome, events };
}

const epochsOf = (events: readonly TrialEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
const metricsOf = (events: readonly TrialEvent[]) => epochsOf(events).map(({ epoch, metrics }) => ({ epoch, metrics }));

describe('training', () => {
  it('improves the held-out ELBO and ends with the best epoch', async () => {
    const { outcome, events } = await run(await newJob({ train: { epochs: 5 } }));
    const elbos = epochsOf(events).map((record) => record.metrics['val/elbo']!);
    expect(outcome.kind).toBe('completed');
    if (outcome.kind !== 'completed') return;
    expect(outcome.summary.metrics['val/elbo']).toBe(Math.max(...elbos));
    expect(outcome.summary.bestEpoch).toBe(1 + elbos.indexOf(Math.max(...elbos)));
    expect(elbos.at(-1)!).toBeGreaterThan(elbos[0]!);
  });

  it('counts every image once: 200 images in batches of 16 are 13 steps, the last of 8 images', async () => {
    const { events } = await run(await newJob());
    expect(epochsOf(events).map(({ step }) => step)).toEqual([13, 26, 39]);
  });

  it('reports D + βR as the objective and −(D + R) as the ELBO', async () => {
    const { events } = await run(await newJob());
    for (const { metrics } of epochsOf(events))
      for (const split of ['train', 'val']) {
        const [d, r] = [metrics[`${split}/reconstruction`]!, metrics[`${split}/kl`]!];
        expect(metrics[`${split}/objective`]).toBeCloseTo(d + 2 * r, 10);
        expect(metrics[`${split}/elbo`]! + d + r).toBeCloseTo(0, 10);
      }
  });

  it('starts at the best constant image: D before training is its cross-entropy', async () => {
    const { events } = await run(await newJob({ train: { epochs: 1 }, parameters: { ...mlp, learningRate: 1e-9 } }));
    // Random weights add a little; a grey start would cost 1024·log 2 = 710 nats.
    expect(epochsOf(events)[0]!.metrics['train/reconstruction']).toBeLessThan(250);
  });

  it('is the same for the same seed, and differs between seeds', async () => {
    const first = metricsOf((await run(await newJob())).events);
    expect(metricsOf((await run(await newJob())).events)).toEqual(first);
    expect(metricsOf((await run(await newJob({ seed: 1 }))).events)).not.toEqual(first);
  });

  it('names divergence and keeps the epochs before it', async () => {
    const { outcome, events } = await run(
      await newJob({ parameters: { ...mlp, learningRate: 10, activation: 'elu' }, train: { epochs: 50 } }),
    );
    expect(outcome.kind).toBe('diverged');
    expect(epochsOf(events).every(({ metrics }) => Object.values(metrics).every(Number.isFinite))).toBe(true);
  });

  it('names the step that went wrong, the term, what was finite last and what helps (issue 9, line 3)', async () => {
    const bold: Parameters = { ...mlp, hidden: [64, 64, 64], activation: 'elu', learningRate: 10 };
    const causeOf = async (options: Options): Promise<string> => {
      const { outcome } = await run(await newJob(options));
      return outcome.kind === 'diverged' ? `${outcome.step}/${outcome.epoch} ${outcome.message}` : outcome.kind;
    };
    expect(await causeOf({ parameters: bold })).toMatch(
      /^2\/1 step 2 \(epoch 1\): the (KL|reconstruction) is (infinite|NaN); at step 1 still reconstruction \d{3}\.\d\d, KL \d+\.\d\d; usually helps: a tenth of the learning_rate$/,
    );
    // Only the held-out images meet the weights of an epoch's last step.
    expect(await causeOf({ parameters: bold, train: { batchSize: 200 } })).toMatch(
      /^1\/1 step 1 \(epoch 1\): val\/kl is (infinite|NaN); in training still reconstruction \d{3}\.\d\d, KL /,
    );
    // A weight of the KL beyond 32-bit floats: a finite loss with an infinite gradient, which spoils all weights.
    const overflowing = { parameters: { ...mlp, beta: 1e39 } };
    const gradient =
      /^1\/1 step 1 \(epoch 1\): the gradient is not finite; the loss still is: reconstruction \d{3}\.\d\d, KL /;
    expect(await causeOf(overflowing)).toMatch(gradient);
    // Also where nothing looks at the weights any more.
    expect(await causeOf({ ...overflowing, validation: 0, train: { epochs: 1, batchSize: 200 } })).toMatch(gradient);
  });

  it('trains where the squares of a clipped gradient overflow, and says so where unclipped (issue 10, line 1)', async () => {
    const parameters = { ...mlp, beta: 1e25 };
    const weightsAfter = async (epochs: number) => {
      const job = await newJob({ parameters, train: { epochs, clipNorm: 1 } });
      expect((await run(job)).outcome.kind).toBe('completed');
      return decodeTensors(await readFile(path.join(job.directory, 'weights.safetensors'))).tensors;
    };
    const name = 'posterior.mean.weight';
    expect((await weightsAfter(1))[name]).not.toEqual((await weightsAfter(2))[name]);

    const { outcome } = await run(await newJob({ parameters }));
    expect(outcome.kind === 'diverged' && outcome.message).toMatch(
      /^step 13 \(epoch 1\): the square of a gradient is infinite; in training still /,
    );
  });

  it('says the same of a divergence after a stop and a resume, wherever the stop was (issue 9, line 3)', async () => {
    for (const shape of [
      { hidden: [16], learningRate: 0.3 },
      { hidden: [64, 64], learningRate: 0.1 },
    ]) {
      const options = { parameters: { ...mlp, ...shape, activation: 'elu' } as const, train: { epochs: 50 } };
      const whole = (await run(await newJob(options))).outcome;
      expect(whole.kind).toBe('diverged');
      const job = await newJob(options);
      let outcome: TrialOutcome;
      do outcome = (await run(job, 2)).outcome;
      while (outcome.kind === 'stopped');
      expect(outcome).toEqual(whole);
    }
  });

  it('takes batches of more than all images for batches of all', async () => {
    const { events } = await run(await newJob({ train: { batchSize: 4096 } }));
    expect(metricsOf(events)).toEqual(metricsOf((await run(await newJob({ train: { batchSize: 200 } }))).events));
  });

  it('evaluates the same weights the same, whatever the batch of training', async () => {
    const parameters = { ...mlp, learningRate: 1e-30 };
    const evaluate = async (batchSize: number): Promise<number[]> => {
      const { events } = await run(await newJob({ parameters, train: { batchSize, epochs: 1 } }));
      return epochsOf(events).map(({ metrics }) => metrics['val/elbo']!);
    };
    expect(await evaluate(16)).toEqual(await evaluate(7));
  });

  it('trains on everything and takes the last epoch when no validation is held out', async () => {
    const { outcome, events } = await run(await newJob({ validation: 0 }));
    expect(outcome).toMatchObject({ kind: 'completed', summary: { bestEpoch: 3 } });
    expect(Object.keys(epochsOf(events)[0]!.metrics).every((name) => name.startsWith('train/'))).toBe(true);
  });
});

describe.each([
  ['mlp', mlp],
  ['conv', conv],
] as const)('a stopped %s trial', (_, parameters) => {
  it('goes on to the same bits, wherever it was stopped', async () => {
    const whole = await newJob({ parameters });
    const uninterrupted = await run(whole);
    const cut = await newJob({ parameters });
    const parts: TrialEvent[] = [];
    let last: TrialOutcome | undefined;
    // Stops at the 1st, 2nd, 3rd … question of each attempt: between epochs and inside them.
    for (let attempt = 1; last?.kind !== 'completed'; attempt++) {
      const { outcome, events } = await run(cut, attempt);
      expect(events[0]).toMatchObject({ type: 'started', history: epochsOf(parts) });
      parts.push(...events);
      last = outcome;
    }
    expect(metricsOf(parts)).toEqual(metricsOf(uninterrupted.events));
    expect(last).toEqual(uninterrupted.outcome);
    for (const file of await readdir(whole.directory)) {
      if (file === 'checkpoint.safetensors') continue; // holds wall times
      expect(await readFile(path.join(cut.directory, file)), file).toEqual(
        await readFile(path.join(whole.directory, file)),
      );
    }
  });
});

describe('an evaluation (issue 10, line 4)', () => {
  // 3 batches of evaluation.
  const options = { validation: 300, train: { epochs: 2, batchSize: 200 } };

  it('of the validation split can be stopped, keeps the epoch’s steps, and goes on to the same bits', async () => {
    const whole = await run(await newJob(options));
    const job = await newJob(options);
    // The one step of epoch 1 asks once, its evaluation at least twice: after its first batch the stop comes.
    const stopped = await run(job, 3);
    expect(stopped.outcome).toEqual({ kind: 'stopped', reason: 'interrupted', epoch: 0 });
    expect(stopped.events.map(({ type }) => type)).toEqual([
      'started',
      // Its images are binarised, its program is compiled.
      'alive',
      'alive',
      'progress',
      'alive',
      'alive',
    ]);
    const resumed = await run(job);
    expect(resumed.outcome).toEqual(whole.outcome);
    expect(metricsOf(resumed.events)).toEqual(metricsOf(whole.events));
    // Epoch 1 trained no step again.
    expect(resumed.events.filter(({ type }) => type === 'progress')).toHaveLength(1);
  });

  it('is not even begun, nor any training, where the stop came while the data were read', async () => {
    const job = await newJob(options);
    const stopped = await run(job, 0);
    expect(stopped.outcome).toEqual({ kind: 'stopped', reason: 'interrupted', epoch: 0 });
    expect(stopped.events).toEqual([]);
  });

  it('of the test split gives signs of life, and can be stopped', async () => {
    const job = await newJob(options);
    await run(job);
    const events: TrialEvent[] = [];
    const outcome = await runTrial(
      { ...job, kind: 'test' },
      {
        engine,
        emit: (event) => events.push(event),
        stopRequested: () => (events.length > 2 ? 'interrupted' : undefined),
      },
    );
    expect(events).toEqual([{ type: 'alive' }, { type: 'alive' }, { type: 'alive' }]);
    expect(outcome).toMatchObject({ kind: 'stopped', reason: 'interrupted' });
  });
});

/** A checkpoint with another text in its header, and the checksum of that. */
function forged(bytes: Buffer, from: string, to: string): Buffer {
  const { metadata, tensors } = decodeTensors(bytes);
  const checkpoint = metadata['checkpoint']!.replace(from, to);
  expect(checkpoint).not.toBe(metadata['checkpoint']);
  return Buffer.concat(encodeTensors({ metadata: { ...metadata, checkpoint }, tensors }, 'crc32'));
}

describe('a checkpoint', () => {
  it('leaves the best weights out of the file while they are the current ones', async () => {
    const job = await newJob({ train: { epochs: 2 } });
    const whole = await run(await newJob({ train: { epochs: 2 } }));
    const bestWeights = async (): Promise<string[]> => {
      const file = decodeTensors(await readFile(path.join(job.directory, 'checkpoint.safetensors')));
      expect(file.metadata['checkpoint']).toContain('"best":{"epoch":1,');
      return Object.keys(file.tensors).filter((name) => name.startsWith('best.'));
    };
    // The first run of an attempt has 1 of an epoch's 13 steps, the second the other 12; then the evaluation asks.
    await run(job, 4);
    expect(await bestWeights()).toEqual([]);
    // In the middle of epoch 2.
    await run(job, 2);
    expect(await bestWeights()).toContain('best.encoder.0.weight');
    const { outcome, events } = await run(job);
    expect(outcome).toEqual(whole.outcome);
    expect(metricsOf(events)).toEqual(metricsOf(whole.events).slice(1));
  });

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['has a flipped bit', (bytes: Buffer) => bytes.with(bytes.length - 9, bytes.at(-9)! ^ 1)],
    ['is empty', () => Buffer.alloc(0)],
    [
      'has another step in its header',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/(step\\":)\d/, '$19'), 'latin1'),
    ],
    ['belongs to another trial', (bytes: Buffer) => forged(bytes, '00aa', '00bb')],
    ['was computed by another engine', (bytes: Buffer) => forged(bytes, '"compiled', '"compilex')],
    ['was computed by another library', (bytes: Buffer) => forged(bytes, 'ONNX Runtime ', 'ONNX Runtime 0.')],
    ['was computed on another processor', (bytes: Buffer) => forged(bytes, 'bits ', 'bits 0')],
    ['is of an earlier version', (bytes: Buffer) => forged(bytes, 'checkpoint/2', 'checkpoint/1')],
    ['is of another format', (bytes: Buffer) => forged(bytes, 'checkpoint/2', 'checkpoint/9')],
  ])('that %s is left aside with the reason, and the trial starts anew', async (_, damage) => {
    const job = await newJob();
    const whole = await run(await newJob());
    await run(job, 4);
    const file = path.join(job.directory, 'checkpoint.safetensors');
    const damaged = damage(await readFile(file));
    await writeFile(file, damaged);
    const { events } = await run(job);
    expect(events[0]).toMatchObject({ type: 'started', history: [] });
    expect(events[0]).toHaveProperty(
      'rejectedCheckpoint',
      expect.stringMatching(
        /^its checkpoint (can't be read|belongs to|was computed by|is of an earlier|has the format)/,
      ),
    );
    expect(metricsOf(events)).toEqual(metricsOf(whole.events));
  });

  it('moves only to an engine that computes the same bits, whatever it is called (issue 10, line 5)', async () => {
    const job = await newJob({ train: { epochs: 2 } });
    await run(job, 4);
    const eager = await loadEngine({ engine: 'eager', provider: 'cpu' });
    const { choice, library } = engine;
    const namesake: Engine = { choice, library, prepare: (program) => eager.prepare(program) };
    const events: TrialEvent[] = [];
    await runTrial(job, { engine: namesake, emit: (event) => events.push(event), stopRequested: () => undefined });
    const [bits, others] = [await bitClassOf(engine), await bitClassOf(namesake)];
    expect(others).not.toBe(bits);
    expect(events[0]).toMatchObject({
      history: [],
      rejectedCheckpoint: `its checkpoint was computed by ${bits}; here computes ${others}, and the two give different bits`,
    });
    const weights = decodeTensors(await readFile(path.join(job.directory, 'weights.safetensors')));
    expect(weights.metadata['bit_class']).toBe(others);
  });

  it('moves to another process of the same engine: the bit class is the same there (issue 10, line 5)', async () => {
    expect(await bitClassOf(await loadEngine(engine.choice))).toBe(await bitClassOf(engine));
    const script = `
      import { loadEngine } from './src/engine/load.ts';
      import { bitClassOf } from './src/vae/bit-class.ts';
      process.stdout.write(await bitClassOf(await loadEngine(${JSON.stringify(engine.choice)})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe(await bitClassOf(engine));
    expect(stdout).toMatch(/^compiled\/cpu with ONNX Runtime [\d.]+, bits [0-9a-f]{12}$/);
  });
});

describe('a completed trial', () => {
  it('leaves its weights and pictures, and a test job reads them', async () => {
    const job = await newJob({ parameters: conv });
    await run(job);
    expect((await readdir(job.directory)).sort()).toEqual([
      'checkpoint.safetensors',
      'manifold.png',
      'reconstructions.png',
      'samples.png',
      'weights.safetensors',
    ]);
    const outcome = await runTrial(
      { ...job, kind: 'test' },
      { engine, emit: () => undefined, stopRequested: () => undefined },
    );
    expect(outcome.kind).toBe('tested');
    if (outcome.kind === 'tested') expect(outcome.metrics['test/elbo']).toBeLessThan(0);
  });

  it('is diverged to a test job if its last weights, which no loss has seen, overflow', async () => {
    const parameters: Parameters = { ...mlp, hidden: [64, 64, 64], activation: 'elu', learningRate: 10 };
    const job = await newJob({ parameters, validation: 0, train: { epochs: 1, batchSize: 200 } });
    expect((await run(job)).outcome.kind).toBe('completed');
    const outcome = await runTrial(
      { ...job, kind: 'test' },
      { engine, emit: () => undefined, stopRequested: () => undefined },
    );
    expect(outcome).toMatchObject({
      kind: 'diverged',
      epoch: 1,
      message: 'step 1 (epoch 1): test/kl is infinite; usually helps: a tenth of the learning_rate',
    });
  });
});
