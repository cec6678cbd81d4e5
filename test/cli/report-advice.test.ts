/** Issue 10, leftovers of issue 9: what `report` says where it has nothing to show, and the commands that it names. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, it } from 'vitest';
import { command } from '../support/command.ts';
import { runCli, writeSpec } from './support.ts';

/** A sweep of MLPs, whose earlier plan had convolutions. */
let results: string;
const ask = (...args: string[]) => command(...args, '--results', results);
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-advice-'));
  results = path.join(folder, 'results');
  const spec = writeSpec(
    folder,
    `name: tiny
dataset: { name: sprites-mini, train: 64, validation: 64 }
parameters: { architecture: [mlp, conv], beta: [1, 4], hidden: [8], channels: [2], latent_dim: 2 }
train: { epochs: 1, batch_size: 64 }
`,
  );
  const run = ['run', spec, '--quiet', '--device', 'cpu', '--slots', '1', '--results', results];
  for (const more of [[], ['architecture=mlp']]) expect((await runCli([...run, ...more])).code).toBe(0);
  return () => rmSync(folder, { recursive: true });
});

it('a filter by a parameter that only trials outside the plan have leads to --all', async () => {
  const { code, stderr } = await ask('report', '--where', 'channels=[2]');
  expect(stderr).toContain(
    'No trial of the present plan of tiny has a parameter channels. 2 trials outside this plan do: add --all.',
  );
  expect(code).toBe(4);
  const all = await ask('report', '--where', 'channels=[2]', '--all');
  expect(all.code).toBe(0);

  // The commands that it names show the same trials by the same metric.
  const { stdout } = await ask(
    'report',
    '--where',
    'architecture=mlp',
    '--where',
    'beta=1,4',
    '--by',
    'val/active_units',
  );
  expect(stdout).not.toContain('--format md');
  const ranked = await ask('report', '--where', 'architecture=mlp', '--where', 'beta=1,4', '--by', 'train/elbo');
  const commands = ranked.stdout.replaceAll(/\s+/g, ' ');
  expect(commands).toContain(`sweep report tiny --format md --by train/elbo --where 'architecture=mlp beta=1,4'`);
  expect(commands).toMatch(/sweep compare tiny beta=\d beta=\d --where 'architecture=mlp beta=1,4'/);
});

it('without a completed trial an unknown metric is refused, and "yet" is said only where something is to come', async () => {
  const edit = `UPDATE trials SET state = 'failed', cause = 'bad luck'`;
  new Database(path.join(results, 'sweeps.db')).exec(edit).close();
  const { code, stderr } = await ask('report', '--by', 'nonsense');
  expect(stderr).toContain('There is no metric nonsense. Metrics are train/elbo, ');
  expect(code).toBe(4);
  const known = await ask('report', '--by', 'val/kl');
  expect(known.stdout).toContain('No completed trial has val/kl.');
  expect(known.code).toBe(0);
});
