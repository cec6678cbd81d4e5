import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ResultsLayout } from '../src/files/paths.ts';
import { TRIAL_FILES } from '../src/files/trial-files.ts';
import { systemClock } from '../src/scheduler/clock.ts';
import type { SchedulerEvent } from '../src/scheduler/events.ts';
import type { SweepSnapshot } from '../src/store/read-model.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { planSweep } from '../src/plan-sweep.ts';
import type { RunResult } from '../src/run/run-result.ts';
import { runSweep, type RunOptions, type Surroundings } from '../src/sweep.ts';
import type { TrialJob } from '../src/trial/job.ts';
import { caughtTraining } from './support/caught-training.ts';
import { ToyExecutor, type Fate } from './support/toy-executor.ts';
import { toySurroundings } from './support/toy-surroundings.ts';

const SPEC = `
name: tiny
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { architecture: mlp, hidden: [8], latent_dim: 2, beta: [1, 4] }
train: { epochs: 4, batch_size: 16 }
`;

let folder: string;
let options: RunOptions;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-run-'));
  const specFile = path.join(folder, 'tiny.yaml');
  writeFileSync(specFile, SPEC);
  options = { specFile, overrides: [], resultsDir: path.join(folder, 'results'), device: 'cpu', slots: 1 };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Surroundings in which nothing may be started. */
const NO_DEVICES: Surroundings = {
  clock: systemClock,
  findDevices: () => Promise.resolve(() => Promise.reject(new Error('devices were started'))),
};

function snapshot(resultsDir = options.resultsDir, sweep = 'tiny'): SweepSnapshot {
  using readModel = openReadModel(new ResultsLayout(resultsDir));
  return readModel.snapshot(sweep)!;
}

function metrics(resultsDir: string): unknown[] {
  using readModel = openReadModel(new ResultsLayout(resultsDir));
  return [...readModel.metrics('tiny')].map(({ trial, epoch, name, value }) => [trial, epoch, name, value]);
}

/** Runs a sweep in a process of its own, up to its first epoch and a SIGKILL. Returns its exit code and signal. */
async function killAtFirstEpoch(run: RunOptions): Promise<unknown> {
  const script = path.join(import.meta.dirname, 'support/coordinator-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  for await (const event of createInterface(child.stdout)) {
    if (event === 'epoch') child.kill('SIGKILL');
  }
  return closed;
}

const ignore = (): void => undefined;

describe('with the real trainer in a real device process', () => {
  test('a sweep runs from its file to its test metrics, and once is enough', async () => {
    const events: SchedulerEvent[] = [];
    const result = await runSweep(options, (event) => events.push(event));
    expect(result).toMatchObject({
      name: 'tiny',
      change: { created: true, added: 2 },
      counts: { completed: 2, queued: 0 },
      interrupted: false,
      exitCode: 0,
    });
    const { sweep, trials } = snapshot();
    expect(sweep.state).toBe('finished');
    const layout = new ResultsLayout(options.resultsDir);
    for (const { id, metrics } of trials) {
      const residue = metrics['val/elbo']! + metrics['val/reconstruction']! + metrics['val/kl']!;
      expect(Math.abs(residue)).toBeLessThan(1e-3);
      expect('test/elbo' in metrics).toBe(result.selected.includes(id));
      expect(readdirSync(layout.trial('tiny', id))).toContain(TRIAL_FILES.weights);
      // For more epochs.
      expect(existsSync(path.join(layout.trial('tiny', id), TRIAL_FILES.checkpoint))).toBe(true);
    }
    expect(result.selected).toHaveLength(1);
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'preparing', step: 'data' },
      { type: 'preparing', step: 'plan' },
      { type: 'planned' },
    ]);
    expect(readFileSync(layout.sweepLog('tiny'), 'utf8')).toContain('"msg":"completed"');

    const again = await runSweep(options, ignore, NO_DEVICES);
    expect(again).toMatchObject({ change: { created: false, added: 0, kept: 2 }, exitCode: 0 });
    expect(again.selected).toEqual(result.selected);
  });

  test('a sweep that was stopped, or whose coordinator was killed, ends with the bits of one that was left alone', async () => {
    // Long enough for the stop to arrive in the first trial, on most machines.
    const longer = { ...options, overrides: ['epochs=100'] };
    await runSweep(longer, ignore);
    const expected = metrics(options.resultsDir);

    const elsewhere = (): RunOptions => ({ ...longer, resultsDir: mkdtempSync(path.join(folder, 'results-')) });
    const isFirstOver = ({ resultsDir }: RunOptions): boolean => snapshot(resultsDir).trials[0]!.state === 'completed';
    let first: RunResult | undefined;
    const stopped = await caughtTraining(async () => {
      const begun = elsewhere();
      const stop = new AbortController();
      first = await runSweep({ ...begun, stop: stop.signal }, (event) => {
        if (event.type === 'epoch') stop.abort();
      });
      return begun;
    }, isFirstOver);
    expect(first).toMatchObject({ interrupted: true, exitCode: 0, counts: { queued: 2 } });
    expect(snapshot(stopped.resultsDir).sweep.state).toBe('interrupted');

    let ended: unknown;
    const killed = await caughtTraining(async () => {
      const begun = elsewhere();
      ended = await killAtFirstEpoch(begun);
      return begun;
    }, isFirstOver);
    expect(ended).toEqual([null, 'SIGKILL']);
    expect(snapshot(killed.resultsDir)).toMatchObject({
      sweep: { state: 'interrupted' },
      trials: [{ state: 'queued', cause: 'its coordinator is gone; the next run goes on with it' }, {}],
    });

    for (const again of [stopped, killed]) {
      const resumedEpochs: number[] = [];
      const result = await runSweep(again, (event) => {
        if (event.type === 'started') resumedEpochs.push(event.resumedEpochs);
      });
      expect(result).toMatchObject({ interrupted: false, counts: { completed: 2 } });
      expect(resumedEpochs[0]).toBeGreaterThan(0);
      expect(metrics(again.resultsDir)).toEqual(expected);
    }
  });
});

describe('the end of a run', () => {
  const run = (executor: ToyExecutor, more: Partial<RunOptions> = {}): Promise<RunResult> =>
    runSweep({ ...options, ...more }, ignore, toySurroundings(executor));

  test('asks for a look when a trial diverged, failed or could not be tested', async () => {
    const diverged = { kind: 'diverged', message: 'not finite' } as const;
    const failed = { kind: 'failed', failure: { kind: 'bug', message: 'it broke' } } as const;
    for (const [index, outcome] of [diverged, failed].entries()) {
      const executor = new ToyExecutor({ fate: () => ({ epochs: 0, outcome }) });
      expect(await run(executor, { overrides: [`seeds=[${index}]`] })).toMatchObject({ exitCode: 3, selected: [] });
    }
    const untested = new ToyExecutor({
      fate: ({ kind }) => (kind === 'test' ? { epochs: 0, outcome: failed } : undefined),
    });
    expect(await run(untested, { overrides: ['seeds=[2]'] })).toMatchObject({ exitCode: 3, counts: { completed: 2 } });
  });

  test.each(['tiny', 'twin'])('of a training again that diverged leaves the result of %s as it was', async (name) => {
    await run(new ToyExecutor());
    const own = { overrides: [`name=${name}`] };
    await run(new ToyExecutor(), own);
    const before = snapshot(options.resultsDir, name).trials;
    const { id } = before[0]!;
    const checkpoint = path.join(new ResultsLayout(options.resultsDir).trial(name, id), TRIAL_FILES.checkpoint);
    const fate = ({ trial, kind }: TrialJob): Fate | undefined => {
      if (kind === 'test' || trial !== id) return undefined;
      mkdirSync(path.dirname(checkpoint), { recursive: true });
      writeFileSync(checkpoint, 'one epoch');
      return { epochs: 1, outcome: { kind: 'diverged', message: 'not finite' } };
    };
    const ended = await run(new ToyExecutor({ fate }), { ...own, again: [id] });
    expect(ended).toMatchObject({ exitCode: 3, exitReason: '1 trial not trained again', counts: { completed: 2 } });
    const [after, ...others] = snapshot(options.resultsDir, name).trials;
    expect({ ...after, attempts: 0 }).toEqual({ ...before[0], attempts: 0 });
    expect(after).toMatchObject({ device: 'cpu', reusedFrom: name === 'tiny' ? null : 'tiny' });
    expect(others).toEqual(before.slice(1));
    expect(existsSync(checkpoint)).toBe(false);
  });

  test('is an error, and recorded as such, when the devices are lost; the next run goes on', async () => {
    const lost = { kind: 'lost', cause: 'signal 9', culprit: 'trial' } as const;
    const broken: ToyExecutor = new ToyExecutor({
      fate: () => {
        queueMicrotask(() => broken.breakDevice('cpu'));
        return { epochs: 0, outcome: lost };
      },
    });
    await expect(run(broken)).rejects.toMatchObject({ code: 'DEVICES_LOST' });
    expect(broken.disposed).toBe(true);
    expect(snapshot().sweep.state).toBe('failed');
    expect(await run(new ToyExecutor())).toMatchObject({ counts: { completed: 2 }, exitCode: 0 });
  });

  test('comes at once when stopped before the start, without any device', async () => {
    for (const signal of ['stop', 'stopNow'] as const) {
      const result = await runSweep({ ...options, [signal]: AbortSignal.abort() }, ignore, NO_DEVICES);
      expect(result).toMatchObject({ interrupted: true, counts: { queued: 2 } });
    }
  });

  test('gives up what runs when stopped now', async () => {
    const stopNow = new AbortController();
    const executor = new ToyExecutor();
    const result = await runSweep(
      { ...options, stopNow: stopNow.signal },
      (event) => {
        if (event.type === 'epoch') stopNow.abort();
      },
      toySurroundings(executor),
    );
    expect(result).toMatchObject({ interrupted: true, counts: { queued: 2, running: 0 } });
    expect(executor.disposed).toBe(true);
  });
});

test('a stop while devices start is one at once', async () => {
  const stop = new AbortController();
  const hanging: Surroundings = {
    clock: systemClock,
    findDevices: () =>
      Promise.resolve((_, signal) => {
        stop.abort();
        return new Promise((_, reject) => {
          const refuse = (): void => reject(new Error('called off'));
          if (signal.aborted) refuse();
          else signal.addEventListener('abort', refuse);
        });
      }),
  };
  const result = await runSweep({ ...options, stop: stop.signal }, ignore, hanging);
  expect(result).toMatchObject({ interrupted: true, counts: { queued: 2 } });
});

test('a checkpoint that outlived its trial’s result, and that no more epochs can go on from, goes with the next run', async () => {
  options = { ...options, overrides: ['lr_schedule=cosine'] };
  const { selected } = await runSweep(options, ignore, toySurroundings(new ToyExecutor()));
  const trialFolder = new ResultsLayout(options.resultsDir).trial('tiny', selected[0]!);
  const leftover = path.join(trialFolder, TRIAL_FILES.checkpoint);
  mkdirSync(trialFolder, { recursive: true });
  writeFileSync(leftover, 'as a kill leaves it between the record and the removal');
  await runSweep(options, ignore, NO_DEVICES);
  expect(existsSync(leftover)).toBe(false);
});

test('a plan names the trials that a run will have, and writes nothing', async () => {
  const { trials, spec, source } = await planSweep(options);
  expect(existsSync(options.resultsDir)).toBe(false);
  expect([spec.name, source.name]).toEqual(['tiny', 'sprites-mini']);
  await runSweep(options, ignore, toySurroundings(new ToyExecutor()));
  expect(snapshot().trials.map(({ id }) => id)).toEqual(trials.map(({ id }) => id));
});

test('the user’s mistakes are refused before anything is written', async () => {
  const mistakes = [
    [{ specFile: path.join(folder, 'missing.yaml') }, 'USAGE'],
    [{ overrides: ['beta=high'] }, 'SPEC_INVALID'],
    [{ device: 'toaster' }, 'USAGE'],
  ] as const;
  for (const [mistake, code] of mistakes) {
    await expect(runSweep({ ...options, ...mistake }, ignore)).rejects.toMatchObject({ code });
  }
  expect(existsSync(options.resultsDir)).toBe(false);
});
