import path from 'node:path';
import { expect, test } from 'vitest';
import type { Executor } from '../../src/executor/executor.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { systemClock } from '../../src/scheduler/clock.ts';
import type { SchedulerEvent } from '../../src/scheduler/events.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import type { RunResult } from '../../src/run/run-result.ts';
import { runSweep } from '../../src/sweep.ts';
import { temporaryFolder, writeSpec } from '../cli/support.ts';
import { cpu, startToyExecutor } from '../fixtures/executor-options.ts';
import { ManualTimers } from '../fixtures/executor-timers.ts';
import { TOY, type ToyBehaviour } from '../fixtures/executor-toy.ts';
import type { LocalExecutorOptions } from '../../src/executor/local-executor.ts';
import type { SetTimer } from '../../src/executor/timer.ts';

/** One trial for each seed, which tells the toy trial how to behave. */
function specOf(behaviours: readonly ToyBehaviour[], more = ''): string {
  const seeds = behaviours.map((behaviour) => TOY[behaviour]).join(', ');
  return `name: toy
dataset: { name: sprites-mini, train: 64, validation: 64 }
parameters: { latent_dim: 2, hidden: [8]${more} }
train: { epochs: 2 }
seeds: [${seeds}]
`;
}

/** Pauses before something is tried again are short: they are the clock's, not the test's subject. Limits stay. */
const shortPauses: SetTimer = (ms, wake) => systemClock.setTimer(ms < 60_000 ? Math.min(ms, 50) : ms, wake);

/** A run whose trials are toys in real device processes. */
async function run(
  folder: string,
  spec: string,
  options: Partial<LocalExecutorOptions>,
  observe: (event: SchedulerEvent) => void = () => undefined,
  stop?: AbortSignal,
  onExecutor: (executor: Executor) => void = () => undefined,
): Promise<RunResult> {
  const clock = { ...systemClock, setTimer: shortPauses };
  const common = { specFile: writeSpec(folder, spec), overrides: [], dataDir: folder, device: 'cpu' as const, stop };
  const findDevices = () =>
    Promise.resolve(async () => {
      const executor = await startToyExecutor({ setTimer: shortPauses, ...options });
      onExecutor(executor);
      return executor;
    });
  return runSweep({ ...common, resultsDir: path.join(folder, 'results') }, observe, { clock, findDevices });
}

function endsBySeed(folder: string): Record<number, string[]> {
  using readModel = openReadModel(new ResultsLayout(path.join(folder, 'results')));
  const { trials } = readModel.snapshot('toy')!;
  return Object.fromEntries(
    trials.map(({ id, seed, state }) => [
      seed,
      [state, ...readModel.attempts('toy', id).map(({ cause }) => cause?.slice(0, 13) ?? '')],
    ]),
  );
}

test('issue 10, line 7: beside a trial that hangs, one with long epochs completes', async () => {
  const folder = temporaryFolder();
  const timers = new ManualTimers();
  const tickMs = 100;
  const options = {
    devices: [cpu(2)],
    stallTimeoutMs: 8 * tickMs,
    setTimer: (ms: number, wake: () => void) => (ms === tickMs ? timers.setTimer : shortPauses)(ms, wake),
  };
  // The watchdog ticks when the healthy trial has given a sign of life, however slow the machine; for the other alone, always.
  let isQuiet = true;
  const tickOnce = (): void => {
    // Many signs may come together, and are then as good as one.
    if (!isQuiet) return;
    isQuiet = false;
    setImmediate(() => (isQuiet = true));
    void timers.fire(tickMs);
  };
  let hanging: string | undefined;
  const running = new Set<string>();
  const observe = (event: SchedulerEvent): void => {
    if (event.type === 'planned') hanging = event.snapshot.trials.find(({ seed }) => seed === TOY.neverSettle)!.id;
    if (event.type === 'dispatched') running.add(event.trial);
    if (event.type === 'finished' || event.type === 'requeued') running.delete(event.trial);
    const isAlone = event.type === 'started' && event.trial === hanging && running.size === 1;
    if (event.type === 'progress') tickOnce();
    if (isAlone) for (let i = 0; i < 9; i++) void timers.fire(tickMs);
  };
  const result = await run(folder, specOf(['neverSettle', 'longAtFirst']), options, observe);
  expect(result.counts).toMatchObject({ completed: 1, failed: 1 });
  const ends = endsBySeed(folder);
  expect(ends[TOY.neverSettle]).toEqual(['failed', 'lost (1 of 3)', 'lost (2 of 3)', 'lost 3 attemp']);
  expect(ends[TOY.longAtFirst]).toEqual(['completed', 'lost through ', '']);
});

test('issue 10, line 14: trials that kill the process of four are tried alone and fail alone; the others complete', async () => {
  const folder = temporaryFolder();
  const spec = specOf(['onceForEver', 'abortProcess'], ', beta: [1, 2]');
  const result = await run(folder, spec, { devices: [cpu(4)] });
  // Both β of the seed that aborts: each was charged for what it lost alone, and neither for the other.
  expect(result.counts).toMatchObject({ completed: 2, failed: 2 });
  using readModel = openReadModel(new ResultsLayout(path.join(folder, 'results')));
  for (const { id, state } of readModel.snapshot('toy')!.trials) {
    const causes = readModel.attempts('toy', id).map(({ cause }) => cause?.slice(0, 13) ?? '');
    const expected = state === 'completed' ? [''] : ['lost (1 of 3)', 'lost (2 of 3)', 'lost 3 attemp'];
    expect(causes).toEqual(['lost with its', ...expected]);
  }
});

test('issue 10, line 14: a process killed from outside three times while a certain trial trains fails nobody', async () => {
  const folder = temporaryFolder();
  let executor: Executor | undefined;
  let certain: string | undefined;
  let started = 0;
  let kills = 0;
  const observe = (event: SchedulerEvent): void => {
    if (event.type === 'planned') {
      certain = event.snapshot.trials.find(({ seed }) => seed === TOY.thriceForEver)!.id;
    }
    if (event.type !== 'started') return;
    // First when both train, then whenever that one does.
    if (++started !== 2 && (started < 2 || event.trial !== certain || kills === 3)) return;
    kills++;
    process.kill(executor!.devices[0]!.pid!, 'SIGKILL');
  };
  const spec = specOf(['thriceForEver', 'onceForEver']);
  const result = await run(folder, spec, { devices: [cpu(2)] }, observe, undefined, (one) => (executor = one));
  expect(result.counts).toMatchObject({ completed: 2, failed: 0 });
  expect(endsBySeed(folder)).toEqual({
    [TOY.onceForEver]: ['completed', 'lost with its', ''],
    [TOY.thriceForEver]: ['completed', 'lost with its', 'lost (1 of 3)', 'lost (2 of 3)', ''],
  });
});

test('issue 10, line 14: a coordinator’s end neither forgives a loss nor charges one', async () => {
  const folder = temporaryFolder();
  const spec = specOf(['abortProcess']);
  for (const n of [1, 2]) {
    const stop = new AbortController();
    const observe = (event: SchedulerEvent): void => {
      if (event.type === 'requeued' && event.cause.startsWith(`lost (${n} of 3)`)) stop.abort();
    };
    const { interrupted } = await run(folder, spec, { devices: [cpu(2)] }, observe, stop.signal);
    expect(interrupted).toBe(true);
  }
  const { counts } = await run(folder, spec, { devices: [cpu(2)] });
  expect(counts).toMatchObject({ failed: 1 });
  expect(endsBySeed(folder)[TOY.abortProcess]).toEqual(['failed', 'lost (1 of 3)', 'lost (2 of 3)', 'lost 3 attemp']);
  // The user tries the failed trial again: it has three new tries.
  await run(folder, spec, { devices: [cpu(2)] });
  expect(endsBySeed(folder)[TOY.abortProcess]).toHaveLength(7);
});
