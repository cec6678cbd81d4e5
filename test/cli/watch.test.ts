import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli, startCli, writeSpec } from './support.ts';

/** Trials of a fraction of a second each, more than any test waits for. */
const LONG_SPEC = `name: long
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters: { hidden: [8], latent_dim: 2 }
seeds: 300
train: { epochs: 10, batch_size: 64 }
`;

/** A sweep that trains in a process of its own until the test ends it: each test has one, so that any can be tried anew. */
async function startSweep() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-watch-'));
  const results = path.join(folder, 'results');
  const spec = writeSpec(folder, LONG_SPEC);
  const run = startCli(['run', spec, '--device', 'cpu', '--slots', '1', '--results', results]);
  onTestFinished(async () => {
    run.child.kill('SIGKILL');
    await run.ended;
    rmSync(folder, { recursive: true });
  });
  const lines = createInterface(run.child.stderr);
  for await (const [line] of onLines(lines)) if (line.includes(' done ')) break;
  return { run, results };
}

async function* onLines(lines: ReturnType<typeof createInterface>): AsyncGenerator<[string]> {
  for (;;) yield (await once(lines, 'line')) as [string];
}

function watch(results: string, ...flags: string[]) {
  const watching = startCli(['status', '--watch', '--results', results, ...flags]);
  onTestFinished(() => void watching.child.kill('SIGKILL'));
  return { ...watching, lines: createInterface(watching.child.stdout) };
}

it('as JSON, and stopped by a signal while the sweep goes on', async () => {
  const { run, results } = await startSweep();
  const watching = watch(results, '--json');
  const seen: { sweeps: { state: string; done: number }[] }[] = [];
  for await (const [line] of onLines(watching.lines)) {
    seen.push(JSON.parse(line) as (typeof seen)[0]);
    if (seen.length === 3) break;
  }
  expect(seen.every(({ sweeps: [sweep] }) => sweep!.state === 'running')).toBe(true);
  expect(seen[2]!.sweeps[0]!.done).toBeGreaterThan(seen[0]!.sweeps[0]!.done);
  watching.child.kill('SIGTERM');
  expect((await watching.ended).code).toBe(143);
  expect(run.child.exitCode).toBeNull();
});

it('tells each change of a sweep that runs, and ends with it', async () => {
  const { run, results } = await startSweep();
  const watching = watch(results);
  let ends = 0;
  for await (const [line] of onLines(watching.lines)) {
    ends += Number(line.includes(' done '));
    if (ends === 3) break;
  }
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
