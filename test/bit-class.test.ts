/** Issue 10, line 5: a trial goes on only where the same steps give the same bits; what is recorded is of one training. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ResultsLayout } from '../src/files/paths.ts';
import { TRIAL_FILES } from '../src/files/trial-files.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { runSweep, type RunOptions } from '../src/sweep.ts';
import { decodeTensors, encodeTensors } from '../src/training/safetensors.ts';
import { caughtTraining } from './support/caught-training.ts';

const SPEC = `
name: tiny
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { architecture: mlp, hidden: [8], latent_dim: 2 }
train: { epochs: 100, batch_size: 16 }
`;

function newSweep(whenOver: (clear: () => void) => void = onTestFinished): {
  options: RunOptions;
  layout: ResultsLayout;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-class-'));
  whenOver(() => rmSync(folder, { recursive: true }));
  const specFile = path.join(folder, 'tiny.yaml');
  writeFileSync(specFile, SPEC);
  const resultsDir = path.join(folder, 'results');
  return {
    options: { specFile, overrides: [], resultsDir, device: 'cpu', slots: 1 },
    layout: new ResultsLayout(resultsDir),
  };
}

/** Runs the sweep to its end, or to a stop once it has recorded an epoch. Returns what users are warned of. */
async function run(options: RunOptions, stopAfterEpoch = false): Promise<string[]> {
  const stop = new AbortController();
  const warnings: string[] = [];
  await runSweep({ ...options, stop: stop.signal }, (event) => {
    if (stopAfterEpoch && event.type === 'epoch') stop.abort();
    if (event.type === 'log' && event.level === 'warn') warnings.push(event.message);
  });
  return warnings;
}

/** A sweep whose only trial a stop left in the middle. */
async function stoppedSweep(): Promise<ReturnType<typeof newSweep>> {
  const begin = async () => {
    const sweep = newSweep();
    await run(sweep.options, true);
    return sweep;
  };
  return caughtTraining(begin, ({ layout }) => trialOf(layout).state === 'completed');
}

function trialOf(layout: ResultsLayout) {
  using model = openReadModel(layout);
  return model.snapshot('tiny')!.trials[0]!;
}

/** Both views' rows of the trial, without what depends on time or on the number of attempts. */
function results(layout: ResultsLayout) {
  const db = new Database(layout.database, { readonly: true });
  const trials = db.prepare('SELECT elbo, reconstruction, kl, best_epoch, epochs, state FROM v_trials').all();
  const metrics = db.prepare('SELECT epoch, step, name, value FROM v_metrics ORDER BY epoch, name').all();
  db.close();
  return { trials, metrics };
}

const weightsOf = (layout: ResultsLayout): Buffer =>
  readFileSync(path.join(layout.trial('tiny', trialOf(layout).id), TRIAL_FILES.weights));

/** As if another processor had computed: its name in the checkpoint, and other numbers on record. */
function moveElsewhere(layout: ResultsLayout, change: (header: string) => string): void {
  const file = path.join(layout.trial('tiny', trialOf(layout).id), TRIAL_FILES.checkpoint);
  const { metadata, tensors } = decodeTensors(readFileSync(file));
  const checkpoint = change(metadata['checkpoint']!);
  expect(checkpoint).not.toBe(metadata['checkpoint']);
  writeFileSync(file, Buffer.concat(encodeTensors({ metadata: { ...metadata, checkpoint }, tensors }, 'crc32')));
  recordOtherNumbers(layout);
}

/** The best of all epochs is now the first, far off. */
function recordOtherNumbers(layout: ResultsLayout): void {
  const db = new Database(layout.database);
  db.exec(`UPDATE metrics SET value = 1000 WHERE name = 'val/elbo' AND epoch = 1;
    UPDATE trials SET best_epoch = 1, elbo = 1000`);
  db.close();
}

const BITS = String.raw`compiled/cpu with ONNX Runtime [\d.]+, bits [0-9a-f]{12}`;

describe('a stopped trial', () => {
  /** The same sweep, never stopped. */
  let whole: ReturnType<typeof newSweep>;
  beforeAll(async () => {
    let clear: (() => void) | undefined;
    whole = newSweep((whenOver) => (clear = whenOver));
    await run(whole.options);
    return clear;
  });

  test.each([
    [
      'of another bit class',
      (layout: ResultsLayout) =>
        moveElsewhere(layout, (header) =>
          header.replace(/ONNX Runtime [\d.]+, bits \w+/, 'ONNX Runtime 1.0.0, bits 0123456789ab'),
        ),
      `its checkpoint was computed by compiled/cpu with ONNX Runtime 1.0.0, bits 0123456789ab; here computes ${BITS}, and the two give different bits`,
    ],
    [
      'of an earlier version, which did not say what computed',
      (layout: ResultsLayout) => moveElsewhere(layout, (header) => header.replace('checkpoint/2', 'checkpoint/1')),
      'its checkpoint is of an earlier version of vae-sweep and does not say what computed it',
    ],
    [
      'whose checkpoint is gone',
      (layout: ResultsLayout) => {
        rmSync(path.join(layout.trial('tiny', trialOf(layout).id), TRIAL_FILES.checkpoint));
        recordOtherNumbers(layout);
      },
      'its checkpoint is missing',
    ],
  ])('%s starts anew, says so, and leaves only what this training computed', async (_, change, reason) => {
    const moved = await stoppedSweep();
    const { epochs } = trialOf(moved.layout);
    expect(epochs).toBeGreaterThan(0);
    change(moved.layout);

    const once = `, ${epochs} recorded epochs? once more`;
    expect(await run(moved.options)).toEqual([expect.stringMatching(`^trains from epoch 1${once}: ${reason}$`)]);
    expect(readFileSync(moved.layout.sweepLog('tiny'), 'utf8')).toContain('trains from epoch 1, ');
    expect(results(moved.layout)).toEqual(results(whole.layout));
    expect(weightsOf(moved.layout).equals(weightsOf(whole.layout))).toBe(true);
    using model = openReadModel(moved.layout);
    expect([...model.metrics('tiny')].every(({ attempt }) => attempt === 2)).toBe(true);
  });

  test('of this bit class goes on without a word, to the same bits, and its weights say the class', async () => {
    const stopped = await stoppedSweep();
    const before = trialOf(stopped.layout).epochs;
    expect(await run(stopped.options)).toEqual([]);
    expect(results(stopped.layout)).toEqual(results(whole.layout));
    expect(weightsOf(stopped.layout).equals(weightsOf(whole.layout))).toBe(true);
    expect(decodeTensors(weightsOf(stopped.layout)).metadata['bit_class']).toMatch(new RegExp(`^${BITS}$`));
    using model = openReadModel(stopped.layout);
    const attempts = [...model.metrics('tiny')].map(({ epoch, attempt }) => (epoch <= before ? attempt : 1));
    expect(new Set(attempts)).toEqual(new Set([1]));
    const trial = trialOf(stopped.layout);
    const recorded = model.attempts('tiny', trial.id).map(({ bitClass }) => bitClass);
    const [own] = recorded;
    expect(own).toMatch(new RegExp(`^${BITS}$`));
    expect([...recorded, trial.bitClass]).toEqual([own, own, own]);
  });
});
