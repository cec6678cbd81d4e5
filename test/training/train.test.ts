import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrialOutcome } from '../../src/trial/outcome.ts';
import type { Parameters } from '../../src/model/parameter.ts';
import { bitClassOf } from '../../src/training/bit-class.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import { decodeTensors } from '../../src/training/safetensors.ts';
import { conv, engine, epochsOf, metricsOf, mlp, newJob, run, type Options } from './trials.ts';

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
    const { events } = await run(await newJob({ train: { epochs: 1 }, parameters: { ...mlp, learning_rate: 1e-9 } }));
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
      await newJob({ parameters: { ...mlp, learning_rate: 10, activation: 'elu' }, train: { epochs: 50 } }),
    );
    expect(outcome.kind).toBe('diverged');
    expect(epochsOf(events).every(({ metrics }) => Object.values(metrics).every(Number.isFinite))).toBe(true);
  });

  it('names the step that went wrong, the term, what was finite last and what helps (issue 9, line 3)', async () => {
    const bold: Parameters = { ...mlp, hidden: [64, 64, 64], activation: 'elu', learning_rate: 10 };
    const causeOf = async (options: Options): Promise<string> => {
      const { outcome } = await run(await newJob(options));
      return outcome.kind === 'diverged' ? outcome.message : outcome.kind;
    };
    expect(await causeOf({ parameters: bold })).toMatch(
      /^step 2 \(epoch 1\): the (KL|reconstruction) is (infinite|NaN); at step 1 still reconstruction \d{3}\.\d\d, KL \d+\.\d\d; usually helps: a tenth of the learning_rate$/,
    );
    // Only the held-out images meet the weights of an epoch's last step.
    expect(await causeOf({ parameters: bold, train: { batchSize: 200 } })).toMatch(
      /^step 1 \(epoch 1\): val\/kl is (infinite|NaN); in training still reconstruction \d{3}\.\d\d, KL /,
    );
    // A weight of the KL beyond 32-bit floats: a finite loss with an infinite gradient, which spoils all weights.
    const overflowing = { parameters: { ...mlp, beta: 1e39 } };
    const gradient =
      /^step 1 \(epoch 1\): the gradient is not finite; the loss still is: reconstruction \d{3}\.\d\d, KL /;
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
      { hidden: [16], learning_rate: 0.3 },
      { hidden: [64, 64], learning_rate: 0.1 },
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

  it('has the CPU time of each epoch, also of one that was stopped and resumed', async () => {
    const job = await newJob();
    const first = await run(job, 1);
    expect(first.outcome.kind).toBe('stopped');
    const { events } = await run(job);
    expect(epochsOf(events).map(({ cpuSeconds }) => typeof cpuSeconds)).toEqual(['number', 'number', 'number']);
    // The system counts in ticks, some of which are longer than such an epoch.
    expect(epochsOf(events).every(({ cpuSeconds }) => cpuSeconds! >= 0)).toBe(true);
  });

  it('takes batches of more than all images for batches of all', async () => {
    const { events } = await run(await newJob({ train: { batchSize: 4096 } }));
    expect(metricsOf(events)).toEqual(metricsOf((await run(await newJob({ train: { batchSize: 200 } }))).events));
  });

  it('evaluates the same weights the same, whatever the batch of training', async () => {
    const parameters = { ...mlp, learning_rate: 1e-30 };
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

describe('a model that is told labels', () => {
  it.each([
    ['mlp', mlp],
    ['conv', conv],
  ])('%s is the same whole and where it was stopped and resumed, to the last bit', async (_, parameters) => {
    const options = { parameters: { ...parameters, condition: 'label' } };
    const [whole, job] = [await newJob(options), await newJob(options)];
    const { outcome, events } = await run(whole);
    expect((await run(job, 1)).outcome.kind).toBe('stopped');
    const resumed = await run(job);
    expect(resumed.outcome).toEqual(outcome);
    expect(metricsOf(resumed.events)).toEqual(metricsOf(events).slice(-metricsOf(resumed.events).length));
    const [written, again] = await Promise.all([whole, job].map(({ directory }) => weightsFile(directory)));
    expect(again).toEqual(written);
  });

  it('leaves those beside it, with which it shares the images, as they are without it', async () => {
    const [alone, beside] = [await newJob(), await newJob()];
    const labels = { names: ['square', 'ellipse', 'heart'] };
    await run(alone);
    await run({ ...beside, dataset: { ...beside.dataset, labels } });
    expect(await weightsFile(beside.directory)).toEqual(await weightsFile(alone.directory));
  });
});

const weightsFile = (directory: string): Promise<Buffer> => readFile(path.join(directory, 'weights.safetensors'));

describe('schedules', () => {
  const warm = { ...mlp, beta_schedule: 'linear', beta_warmup: 2 };

  it('change what is trained from the first step on, and no epoch of the warm-up is the best', async () => {
    const { outcome, events } = await run(await newJob({ parameters: { ...warm, learning_rate: 1e-30 } }));
    // Nothing is learnt: all epochs are alike, and the first after the warm-up counts.
    expect(outcome).toMatchObject({ kind: 'completed', summary: { bestEpoch: 3, epochs: 3 } });
    expect(epochsOf(events).map(({ metrics }) => metrics['train/annealing'])).toEqual([1, 1, undefined]);
  });

  it('with patience, training ends so many epochs after the best, and as it ends where it was stopped and resumed', async () => {
    const parameters = { ...warm, learning_rate: 1e-30, patience: 2 };
    const job = await newJob({ parameters, train: { epochs: 20 } });
    const stopped = await run(job, 5);
    expect(stopped.outcome.kind).toBe('stopped');
    const resumed = await run(job);
    expect(resumed.outcome).toMatchObject({ kind: 'completed', summary: { bestEpoch: 3, epochs: 5 } });
  });

  it('weigh what the trial minimised: val/objective is of the full beta, with free bits of each dimension', async () => {
    const { events } = await run(await newJob({ parameters: { ...warm, free_bits: 5 } }));
    const { metrics } = epochsOf(events).at(-1)!;
    // No dimension has as much as 5 nats here: each costs them all the same.
    expect(metrics['val/objective']).toBeCloseTo(metrics['val/reconstruction']! + 2 * 3 * 5, 4);
    expect(metrics['train/objective']).toBeUndefined();
  });
});

const SCHEDULED = {
  ...mlp,
  ...{ likelihood: 'gaussian_optimal', beta_schedule: 'sigmoid', beta_warmup: 2, capacity: 3, capacity_warmup: 1 },
  ...{ lr_schedule: 'cosine', lr_warmup: 1, weight_decay: 0.1, log_variance_bound: 4 },
};

describe.each([
  ['mlp', mlp],
  ['conv', conv],
  ['scheduled', SCHEDULED],
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
      expect(events[0]).toMatchObject({
        ...{ type: 'started', bitClass: await bitClassOf(engine), history: epochsOf(parts) },
      });
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
    expect(stopped.outcome).toEqual({ kind: 'stopped', reason: 'interrupted' });
    expect(stopped.events.map(({ type }) => type)).toEqual([
      'started',
      // Its program is compiled.
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
    expect(stopped.outcome).toEqual({ kind: 'stopped', reason: 'interrupted' });
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
        images: await loadImages(job),
        emit: (event) => events.push(event),
        stopRequested: () => (events.length > 2 ? 'interrupted' : undefined),
      },
    );
    expect(events).toEqual([{ type: 'alive' }, { type: 'alive' }, { type: 'alive' }]);
    expect(outcome).toMatchObject({ kind: 'stopped', reason: 'interrupted' });
  });
});
