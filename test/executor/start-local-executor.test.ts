import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cpu, fixtureUrl, gpu, startToyExecutor } from '../fixtures/executor-options.ts';
import { ManualTimers } from '../fixtures/executor-timers.ts';
import { HANGS, toyJob } from '../fixtures/executor-toy.ts';
import { outcomeOf } from './conformance.ts';

const env = (TOY_CUDA: string): NodeJS.ProcessEnv => ({ ...process.env, TOY_CUDA });

test('a GPU trains with the best engine that passes its probe', async () => {
  const log: string[] = [];
  await using executor = await startToyExecutor({ devices: [gpu(0)], fallback: cpu() }, log);
  expect(executor.devices).toMatchObject([{ label: 'gpu:0', engine: 'compiled/cuda' }]);
  expect(log).toEqual([]);
});

test('GPUs without a working engine give way to the fallback, and the user learns why', async () => {
  const log: string[] = [];
  const devices = [gpu(0), gpu(1)];
  await using executor = await startToyExecutor({ devices, fallback: cpu(2), env: env('missing') }, log);
  expect(executor.devices).toMatchObject([{ label: 'cpu', slots: 2 }]);
  expect(log).toEqual([
    expect.stringMatching(/^gpu:0, gpu:1 can't be used: .*compiled\/cuda: libcudart\.so\.12.*sweep doctor/),
  ]);
});

test('GPUs that were asked for compute on the CPU, with a warning, when no GPU engine works', async () => {
  const log: string[] = [];
  await using executor = await startToyExecutor({ devices: [gpu(0)], env: env('missing') }, log);
  expect(executor.devices).toMatchObject([{ label: 'gpu:0', engine: 'compiled/cpu' }]);
  expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
  expect(log).toEqual([expect.stringMatching(/^gpu:0 will compute on the CPU: .*libcudart\.so\.12/)]);
});

test('issue 10, line 6: a CPU whose compiled engine fails is told to be slow, and why', async () => {
  const log: string[] = [];
  const slow = { ...process.env, TOY_COMPILED: 'missing' };
  await using executor = await startToyExecutor({ devices: [cpu()], env: slow }, log);
  expect(executor.devices).toMatchObject([{ engine: 'eager/cpu' }]);
  expect(log).toEqual([
    expect.stringMatching(
      /^cpu: trains a hundred times slower.*eager\/cpu: compiled\/cpu: libonnxruntime.*sweep doctor/,
    ),
  ]);
});

test('a probe that aborts the process rules that engine out', async () => {
  const log: string[] = [];
  await using executor = await startToyExecutor({ devices: [gpu(0)], env: env('aborts') }, log);
  expect(executor.devices).toMatchObject([{ engine: 'compiled/cpu' }]);
  expect(log.at(-1)).toMatch(/SIGABRT/);
});

test('a probe that hangs rules that engine out', async () => {
  const timers = new ManualTimers();
  const log: string[] = [];
  const onLog = ({ message }: { message: string }): void => {
    log.push(message);
    if (message === HANGS) void timers.fire(10_000);
  };
  const options = { devices: [gpu(0)], env: env('hangs'), startTimeoutMs: 10_000, setTimer: timers.setTimer, onLog };
  await using executor = await startToyExecutor(options);
  expect(executor.devices).toMatchObject([{ engine: 'compiled/cpu' }]);
  expect(log.at(-1)).toMatch(/no answer within 10 s/);
});

test('a process that another program kills while it starts is started again, with the same engine', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'sweep-start-')), 'killed');
  onTestFinished(() => rmSync(path.dirname(file), { recursive: true }));
  const log: string[] = [];
  await using executor = await startToyExecutor({ devices: [gpu(0)], env: env(`is killed once: ${file}`) }, log);
  expect(existsSync(file)).toBe(true);
  expect(executor.devices).toMatchObject([{ engine: 'compiled/cuda' }]);
  expect(log).toEqual([]);
});

test('issue 10, line 6: GPUs that fall back from CUDA to another engine of theirs are told, with the reason', async () => {
  const log: string[] = [];
  const devices = [gpu(0), gpu(1)];
  const lesser = { ...env('missing'), TOY_WEBGPU: 'works' };
  await using executor = await startToyExecutor({ devices, fallback: cpu(), env: lesser }, log);
  expect(executor.devices.map(({ engine }) => engine)).toEqual(['compiled/webgpu', 'compiled/webgpu']);
  expect(log).toEqual([
    expect.stringMatching(
      /^gpu:0, gpu:1: trains with less than its best engine, on compiled\/webgpu: compiled\/cuda: libcudart/,
    ),
  ]);
});

test('a start that is called off ends its processes, the one that hangs and the one that is ready', async () => {
  const callOff = new AbortController();
  const starting = startToyExecutor({
    ...{ devices: [gpu(0), cpu()], env: env('hangs'), signal: callOff.signal },
    onLog: ({ message }) => {
      if (message === HANGS) callOff.abort();
    },
  });
  await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
});

test.each(['thread', 'trial', 'engine'] as const)(
  'a %s module that cannot be loaded is told at once',
  async (module) => {
    const modules = { [module]: fixtureUrl('executor-broken-module.ts') };
    await expect(startToyExecutor({ modules })).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringContaining('libmissing.so: cannot open shared object file') as string,
    });
  },
);

test('a device with more slots than threads that can be started is refused', async () => {
  const modules = { thread: fixtureUrl('executor-two-threads.ts') };
  await expect(startToyExecutor({ devices: [cpu(3)], modules })).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringContaining('only two threads can load this') as string,
  });
});

test('a thread that can no longer be started ends its process instead of leaving jobs pending', async () => {
  const modules = { thread: fixtureUrl('executor-two-threads.ts') };
  await using executor = await startToyExecutor({ devices: [cpu(2)], modules });
  const running = outcomeOf(executor, toyJob('neverSettle'));
  // The pool starts a third thread in the place of this one.
  void outcomeOf(executor, toyJob('exitThread'));
  expect(await running).toMatchObject({
    kind: 'lost',
    cause: expect.stringContaining('only two threads can load this') as string,
  });
});
