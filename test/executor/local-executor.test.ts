import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { discoverDevices } from '../../src/executor/devices.ts';
import { FOUR_GPUS, machine } from '../fixtures/executor-machine.ts';
import { cpu, fixtureUrl, gpu, startToyExecutor } from '../fixtures/executor-options.ts';
import { isAlive } from '../fixtures/executor-processes.ts';
import { ManualTimers } from '../fixtures/executor-timers.ts';
import { toyJob, type SeenEnvironment } from '../fixtures/executor-toy.ts';
import { temporaryFolder } from '../cli/support.ts';
import { ProcessOutput } from '../support/started-process.ts';
import { describeExecutor, outcomeOf, start, placed } from './conformance.ts';

describeExecutor('LocalExecutor', (stopGraceMs = 3000) =>
  startToyExecutor({ devices: [cpu(2)], stallTimeoutMs: 800, stopGraceMs }),
);

test('a killed device process loses its jobs, with the signal as the cause, and is replaced', async () => {
  await using executor = await startToyExecutor({ devices: [cpu(2)] });
  const jobs = ['a', 'b'].map((id) => start(executor, toyJob('loopForEver', id)));
  await Promise.all(jobs.map((job) => job.started));
  const pid = executor.devices[0]!.pid!;
  process.kill(pid, 'SIGKILL');
  const cause = expect.stringMatching(
    new RegExp(`^the device process \\(pid ${pid}\\) was ended by SIGKILL: .* memory ran short; fewer --slots`),
  ) as string;
  for (const { execution } of jobs)
    expect(await execution.outcome).toEqual({ kind: 'lost', cause, culprit: 'unknown' });
  expect(executor.capacity).toBe(2);
  expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
  expect(executor.devices[0]!.pid).not.toBe(pid);
});

test('the cause of an abort carries the last line the process wrote', async () => {
  const log: string[] = [];
  await using executor = await startToyExecutor({}, log);
  const outcome = await outcomeOf(executor, toyJob('abortProcess'));
  expect(outcome).toMatchObject({ cause: expect.stringMatching(/SIGABRT: terminate called/) as string });
  expect(log).toContain('terminate called after throwing an instance of toy');
});

test('a crash on one device leaves the others alone', async () => {
  await using executor = await startToyExecutor({ devices: [gpu(0), gpu(1)] });
  const crashing = start(executor, toyJob('abortProcess'));
  const healthy = start(executor, toyJob('untilStopped'));
  expect([placed(crashing.events), placed(healthy.events)]).toEqual(['gpu:0', 'gpu:1']);
  expect(await crashing.execution.outcome).toMatchObject({ kind: 'lost' });
  healthy.execution.stop('interrupted');
  expect(await healthy.execution.outcome).toMatchObject({ kind: 'stopped' });
});

test('a heap that grows over its limit fails the trial and costs nothing else', async () => {
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=64' };
  await using executor = await startToyExecutor({ env });
  const pid = executor.devices[0]!.pid;
  expect(await outcomeOf(executor, toyJob('fillHeap'))).toMatchObject({ kind: 'failed', failure: { kind: 'memory' } });
  expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
  expect(executor.devices[0]!.pid).toBe(pid);
});

test('a frozen device process is found by the watchdog', async () => {
  await using executor = await startToyExecutor({ stallTimeoutMs: 800 });
  const { execution, started } = start(executor, toyJob('ignoreStop'));
  await started;
  process.kill(executor.devices[0]!.pid!, 'SIGSTOP');
  expect(await execution.outcome).toEqual({
    kind: 'lost',
    cause: expect.stringMatching(/^made no progress for [\d.]+ s$/) as string,
    culprit: 'trial',
  });
});

test('a trial whose steps take long is taken neither for a hang nor for one that does not stop (issue 10, line 4)', async () => {
  const timers = new ManualTimers();
  const options = { stallTimeoutMs: 800, stopGraceMs: 200, setTimer: timers.setTimer };
  await using executor = await startToyExecutor(options);
  const directory = temporaryFolder();
  const steps = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  let begun = 0;
  const execution = executor.run({ ...toyJob('slowSteps'), directory }, ({ type }) => {
    if (type === 'progress') steps[begun++]!.resolve(undefined);
  });
  const endStep = async (number: number, ticks: number): Promise<void> => {
    await steps[number - 1]!.promise;
    for (let i = 0; i < ticks; i++) await timers.fire(100);
    if (number === 2) execution.stop('interrupted');
    writeFileSync(path.join(directory, String(number)), '');
  };
  await endStep(1, 6);
  // Three times as long is no hang, and no longer the 8 ticks of the limit.
  await endStep(2, 18);
  // The grace counts a step of that length on top.
  expect(timers.delays).toContain(200 + 3 * 600);
  expect(await execution.outcome).toMatchObject({ kind: 'stopped', reason: 'interrupted' });
});

test('issue 10, line 4: a first step may take longer than the others, for nobody knows how long it takes', async () => {
  const timers = new ManualTimers();
  const options = { stallTimeoutMs: 800, firstStepTimeoutMs: 4000, setTimer: timers.setTimer };
  await using executor = await startToyExecutor(options);
  const watch = async (ticks: number): Promise<void> => {
    for (let i = 0; i < ticks; i++) await timers.fire(100);
  };
  const preparing = start(executor, toyJob('neverSettle'));
  await preparing.started;
  await watch(40);
  expect(executor.devices).toMatchObject([{ busy: 1 }]);
  await watch(1);
  expect(await preparing.execution.outcome).toMatchObject({ kind: 'lost', cause: 'made no progress for 4 s' });

  await timers.fire(0);
  const stepping = Promise.withResolvers<undefined>();
  const { outcome } = executor.run(toyJob('stepOnce'), ({ type }) => {
    if (type === 'progress') stepping.resolve(undefined);
  });
  await stepping.promise;
  await watch(9);
  expect(await outcome).toMatchObject({ kind: 'lost', cause: 'made no progress for 0.8 s' });
});

test('a coordinator that was suspended does not blame its devices for it', async () => {
  await using executor = await startToyExecutor({ stallTimeoutMs: 800 });
  const { execution, started } = start(executor, toyJob('untilStopped'));
  await started;
  // Nothing in this process moves meanwhile, as after SIGSTOP; the trial's events wait in the pipe.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  execution.stop('interrupted');
  expect(await execution.outcome).toMatchObject({ kind: 'stopped' });
});

test('a device that fails with three different trials in a row is given up', async () => {
  const timers = new ManualTimers();
  await using executor = await startToyExecutor({ setTimer: timers.setTimer });
  const shrunk = new Promise<number>((resolve) => (executor.onCapacityChange = () => resolve(executor.capacity)));
  await outcomeOf(executor, toyJob('abortProcess', 'a'));
  await timers.fire(0);
  await outcomeOf(executor, toyJob('abortProcess', 'b'));
  await timers.fire(1000);
  expect(executor.capacity).toBe(1);
  await outcomeOf(executor, toyJob('abortProcess', 'c'));
  expect(await shrunk).toBe(0);
  expect(executor.devices).toMatchObject([{ healthy: false, busy: 0, pid: null }]);
});

test('a device whose trials get on between its crashes is kept', async () => {
  const timers = new ManualTimers();
  await using executor = await startToyExecutor({ setTimer: timers.setTimer });
  for (const trial of ['a', 'b', 'c', 'd']) {
    const trained = Promise.withResolvers<undefined>();
    const { outcome } = executor.run(toyJob('trainForEver', trial), (event) => {
      if (event.type === 'epoch') trained.resolve(undefined);
    });
    await trained.promise;
    process.kill(executor.devices[0]!.pid!, 'SIGKILL');
    expect(await outcome).toMatchObject({ kind: 'lost' });
    await timers.fire(0);
  }
  expect(executor.capacity).toBe(1);
});

test('a device whose process does not come back is given up, and with it the job that waits', async () => {
  const timers = new ManualTimers();
  const env = { ...process.env };
  await using executor = await startToyExecutor({ devices: [gpu(0)], env, setTimer: timers.setTimer });
  await outcomeOf(executor, toyJob('abortProcess'));
  const waiting = start(executor, toyJob('finish'));
  env['TOY_CUDA'] = 'missing';
  await timers.fire(0);
  await timers.fire(1000);
  expect(await waiting.execution.outcome).toMatchObject({
    cause: expect.stringContaining('libcudart.so.12') as string,
  });
  expect(executor.capacity).toBe(0);
});

test('a job that waits for a new process can be stopped', async () => {
  const timers = new ManualTimers();
  await using executor = await startToyExecutor({ setTimer: timers.setTimer });
  await outcomeOf(executor, toyJob('abortProcess'));
  const { execution } = start(executor, toyJob('finish'));
  execution.stop('interrupted');
  expect(await execution.outcome).toEqual({ kind: 'stopped', reason: 'interrupted' });
});

test('each of four GPUs has a process that sees that GPU alone, and jobs spread over them', async () => {
  const env = { ...(await machine(FOUR_GPUS, '0,1,2,3')), OMP_NUM_THREADS: '8' };
  const { devices } = await discoverDevices({ request: 'auto', env });
  await using executor = await startToyExecutor({ devices, env });
  const jobs = devices.map((_, i) => start(executor, toyJob('reportEnvironment', `toy-${i}`)));
  expect(jobs.map(({ events }) => placed(events))).toEqual(['gpu:0', 'gpu:1', 'gpu:2', 'gpu:3']);
  const pids = new Set<number>();
  for (const [i, { execution, events }] of jobs.entries()) {
    await execution.outcome;
    const seen = JSON.parse(
      events.flatMap((event) => (event.type === 'log' ? [event.message] : []))[0]!,
    ) as SeenEnvironment;
    pids.add(seen.pid);
    for (const environment of [seen.byThread, seen.byNativeCode]) {
      expect(environment).toMatchObject({
        CUDA_VISIBLE_DEVICES: devices[i]!.uuid,
        CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
        NVIDIA_TF32_OVERRIDE: '0',
        TF_FORCE_GPU_ALLOW_GROWTH: 'true',
        OMP_NUM_THREADS: '1',
      });
    }
  }
  expect(pids.size).toBe(4);
});

test('a CPU process sees no GPU', async () => {
  await using executor = await startToyExecutor({ env: { ...process.env, CUDA_VISIBLE_DEVICES: '0' } });
  const { execution, events } = start(executor, toyJob('reportEnvironment'));
  await execution.outcome;
  const seen = JSON.parse(
    events.flatMap((event) => (event.type === 'log' ? [event.message] : []))[0]!,
  ) as SeenEnvironment;
  expect(seen.byNativeCode['CUDA_VISIBLE_DEVICES']).toBe('');
});

test('signals to the whole job do not end a trial: that is for the coordinator to decide', async () => {
  await using executor = await startToyExecutor();
  const { execution, started } = start(executor, toyJob('untilStopped'));
  await started;
  const pid = executor.devices[0]!.pid!;
  // A negative pid names the process group: it is the device process's own.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(-pid, signal);
  execution.stop('interrupted');
  expect(await execution.outcome).toMatchObject({ kind: 'stopped' });
});

test('closing leaves no process behind, whatever it does', async () => {
  const executor = await startToyExecutor({ devices: [gpu(0), gpu(1), gpu(2)] });
  const pids = executor.devices.map((device) => device.pid!);
  const looping = start(executor, toyJob('loopForEver'));
  await looping.started;
  process.kill(pids[1]!, 'SIGSTOP');
  await executor[Symbol.asyncDispose]();
  expect(pids.filter(isAlive)).toEqual([]);
});

const canDieWithParent = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

const orphans = [
  { which: 'one that never yields', isStopped: false },
  { which: 'one that is stopped itself (issue 10, line 21)', isStopped: true },
];
test.each(orphans.filter(({ isStopped }) => !isStopped || canDieWithParent))(
  'a killed coordinator leaves no orphan, not even $which',
  async ({ isStopped }) => {
    const parent = spawn(process.execPath, [fileURLToPath(fixtureUrl('executor-parent.ts'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const pid = Number(await new ProcessOutput(parent).line());
    expect(isAlive(pid)).toBe(true);
    if (isStopped) process.kill(pid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  },
);
