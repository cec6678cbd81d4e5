import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../src/model/parameter.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import { conv, engine, newJob, run, mlp } from './trials.ts';

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
      { engine, images: await loadImages(job), emit: () => undefined, stopRequested: () => undefined },
    );
    expect(outcome.kind).toBe('tested');
    if (outcome.kind === 'tested') expect(outcome.metrics['test/elbo']).toBeLessThan(0);
  });

  it('is diverged to a test job if its last weights, which no loss has seen, overflow', async () => {
    const parameters: Parameters = { ...mlp, hidden: [64, 64, 64], activation: 'elu', learning_rate: 10 };
    const job = await newJob({ parameters, validation: 0, train: { epochs: 1, batchSize: 200 } });
    expect((await run(job)).outcome.kind).toBe('completed');
    const outcome = await runTrial(
      { ...job, kind: 'test' },
      { engine, images: await loadImages(job), emit: () => undefined, stopRequested: () => undefined },
    );
    expect(outcome).toMatchObject({
      kind: 'diverged',
      message: 'step 1 (epoch 1): test/kl is infinite; usually helps: a tenth of the learning_rate',
    });
  });
});
