import path from 'node:path';
import { expect, it } from 'vitest';
import { runCli, startCli, temporaryFolder, writeSpec } from '../support.ts';

/** Trials of a fraction of a second each, more than any test waits for. */
const LONG_SPEC = `name: long
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters: { hidden: [8], latent_dim: 2 }
seeds: 300
train: { epochs: 10, batch_size: 64 }
`;

/** A sweep that trains in a process of its own until the test ends it: each test has one, so that any can be tried anew. */
async function startSweep() {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const spec = writeSpec(folder, LONG_SPEC);
  const run = startCli(['run', spec, '--device', 'cpu', '--slots', '1', '--results', results]);
  await run.output.says(' done ');
  return { run, results };
}

const watch = (results: string, ...flags: string[]) => startCli(['status', '--watch', '--results', results, ...flags]);

it('as JSON, and stopped by a signal while the sweep goes on', async () => {
  const { run, results } = await startSweep();
  const watching = watch(results, '--json');
  const doneIn = (line: string): number => {
    const [sweep] = (JSON.parse(line) as { sweeps: [{ state: string; done: number }] }).sweeps;
    expect(sweep.state).toBe('running');
    return sweep.done;
  };
  const first = doneIn(await watching.output.line());
  // A line may tell of a trial that has begun.
  await watching.output.line((line) => doneIn(line) > first);
  watching.child.kill('SIGTERM');
  expect((await watching.ended).code).toBe(143);
  expect(run.child.exitCode).toBeNull();
});

it('tells each change of a sweep that runs, and ends with it', async () => {
  const { run, results } = await startSweep();
  const watching = watch(results);
  await watching.output.says(' done ', 3);
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await watching.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = stdout.split('\n');
  expect(told[0]).toMatch(/^\d\d:\d\d:\d\d watch {3}long: \d+\/300 done, 1 running, 0 failed/);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d done {4}[0-9a-f]{6} val\/elbo=-[\d.]+ seed=\d+$/m);
  // A look may fall between a trial's claim and the record of its device.
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d running [0-9a-f]{6} seed=\d+( on cpu)?$/m);
  expect(stdout).toMatch(/ long +interrupted +\d+\/300 /);
  expect((await run.ended).code).toBe(130);
  // Nothing runs any more: it says so, and what there is.
  const after = await runCli(['status', '--watch', '--results', results]);
  expect(after).toMatchObject({ code: 0, stderr: '! No sweep is running here.\n' });
  expect(after.stdout).toMatch(/ long +interrupted /);
});
