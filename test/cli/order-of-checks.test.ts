/** What needs no data is refused before data are looked for, let alone downloaded. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { acquireSweepLock } from '../../src/store/lock.ts';
import { MNIST_DATA_DIR } from '../data/fixtures.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

const ON_MNIST = 'name: m\ndataset: mnist\nparameters: { beta: [1, 2] }\n';

/** Nothing is in the cache, and nothing can be fetched. */
function withoutData() {
  const folder = temporaryFolder();
  const nowhere = 'http://127.0.0.1:9';
  const env = { XDG_CACHE_HOME: folder, HOME: folder, https_proxy: nowhere, HTTPS_PROXY: nowhere };
  return { spec: writeSpec(folder, ON_MNIST), env, results: ['--results', `${folder}/results`] };
}

it.each(['plan', 'run'])(
  '%s of five million trials on MNIST complains of their number, not of missing data',
  async (command) => {
    const { spec, env, results } = withoutData();
    const betas = Array.from({ length: 1000 }, (_, index) => index + 1).join(',');
    const grid = ['seeds=1000', `beta=${betas}`, 'latent_dim=2,3,4,5,6'];
    const { code, stderr } = await runCli([command, spec, ...grid, ...results], env);
    expect(stderr).toContain('the spec asks for 5,000,000 trials, and the limit is 100,000');
    expect(stderr).not.toMatch(/data set|download/i);
    expect(code).toBe(2);
  },
);

it('a device that is not there is refused before a download', async () => {
  const { spec, env, results } = withoutData();
  const { code, stderr } = await runCli(['run', spec, '--device', 'gpu:9', ...results], env);
  expect(stderr).toMatch(/gpu:9|GPU/);
  expect(stderr).not.toMatch(/download|mnist/i);
  expect(code).toBe(2);
});

it('issue 10, line 11: a run looks at the results folder, its lock and the spec before it looks for data', async () => {
  const { spec, env, results } = withoutData();
  const root = results[1]!;
  const refusals: [args: string[], says: string, code: number][] = [
    [['exclude=[{beta: 1}, {beta: 2}]'], '`exclude` leaves no configuration', 2],
    [['--again', 'abc'], '--again abc: no trial of m has an id that begins so', 2],
    [['name=README.md'], 'README.md', 2],
  ];
  for (const [args, says, code] of refusals) {
    const ended = await runCli(['run', spec, ...args, ...results], env);
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/download|is not on this machine/i);
    expect(ended.code).toBe(code);
    expect(existsSync(root)).toBe(false);
  }

  mkdirSync(path.join(root, 'm'), { recursive: true });
  const holder = { host: 'here', pid: 1, since: new Date() };
  const lock = acquireSweepLock(path.join(root, 'm', 'coordinator.lock'), holder);
  const locked = await runCli(['run', spec, ...results], env);
  lock[Symbol.dispose]();
  expect(locked.stderr).toContain('has a coordinator already');
  expect(locked.code).toBe(5);

  writeFileSync(path.join(root, 'sweeps.db'), 'no database, but long enough to be one'.repeat(100));
  const damaged = await runCli(['run', spec, ...results], env);
  expect(damaged.stderr).toContain('sweeps.db');
  expect(damaged.stderr).not.toMatch(/download|is not on this machine/i);
  expect(damaged.code).toBe(5);
});

it('issue 10, line 11: a run without data leaves a sweep that ran before as it was', async () => {
  const { spec, env, results } = withoutData();
  writeFileSync(spec, TINY_SPEC);
  expect((await runCli(['run', spec, '--quiet', '--slots', '1', ...results], env)).code).toBe(0);
  const before = await runCli(['status', '--json', ...results], env);
  writeFileSync(spec, TINY_SPEC.replace(/dataset: .*/, 'dataset: mnist'));
  expect((await runCli(['run', spec, '--quiet', ...results], env)).code).toBe(2);
  expect((await runCli(['status', '--json', ...results], env)).stdout).toBe(before.stdout);
});

it('issue 10, line 11: a plan needs no data, says that they are missing, and names the trials that a run has', async () => {
  const { spec, env, results } = withoutData();
  const { code, stdout, stderr } = await runCli(['plan', spec, ...results], env);
  expect(stdout).toContain('2 configurations × 1 seed = 2 trials');
  expect(stderr).toMatch(/^! The data set mnist is not on this machine\. Looked in:/);
  expect(stderr).toContain('`sweep run` downloads what is missing');
  expect(code).toBe(0);
  const told = JSON.parse((await runCli(['plan', spec, '--json', '--list', ...results], env)).stdout) as Plan;
  expect(told.missing_data).toContain('mnist is not on this machine');
  if (MNIST_DATA_DIR === undefined) return;
  const found = await runCli(['plan', spec, '--json', '--list', '--data', MNIST_DATA_DIR, ...results], env);
  expect(JSON.parse(found.stdout)).toEqual({ ...told, missing_data: null });
});

interface Plan {
  readonly missing_data: string | null;
}
