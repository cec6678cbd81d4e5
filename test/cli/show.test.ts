import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Small trainings that come to each end there is. */
const SPECS = {
  short: `
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { hidden: [32], latent_dim: 4, learning_rate: [1e-3, 10, 1e-2], beta: [1, 1, 200] }
zip: [[learning_rate, beta]]
train: { epochs: 8, batch_size: 64 }`,
  over: `
dataset: { name: sprites-mini, train: 64, validation: 64 }
parameters: { hidden: [128], latent_dim: 8, learning_rate: 1e-2, beta: 0.5 }
train: { epochs: 50, batch_size: 64 }`,
  long: `
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { hidden: [64], latent_dim: 10, learning_rate: 1e-2, beta: 10 }
train: { epochs: 60, batch_size: 64 }`,
};

let results: string;
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-show-'));
  results = path.join(folder, 'results');
  for (const [name, text] of Object.entries(SPECS)) {
    const spec = path.join(folder, `${name}.yaml`);
    writeFileSync(spec, `name: ${name}${text}\n`);
    const run = ['run', spec, '--device', 'cpu', '--slots', '1', '--quiet', '--results', results];
    const { code } = await runCli(run);
    expect(code).toBe(name === 'short' ? 3 : 0);
  }
  return () => rmSync(folder, { recursive: true });
});

const show = (...words: string[]) => runCli(['show', ...words, '--results', results], { NO_COLOR: '1' });

interface Shown {
  readonly trial: string;
  readonly best?: string;
  readonly verdict: { readonly kind: string; readonly text: string; readonly latents_in_use: object | null };
  readonly curves: Readonly<Record<string, { readonly epoch: number; readonly value: number }[]>>;
}
interface Listed {
  readonly schema: string;
  readonly best: string;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly trials: readonly Shown[];
}
const parsed = async <Answer>(...words: string[]) => JSON.parse((await show(...words, '--json')).stdout) as Answer;

describe('each trial has its verdict', () => {
  it.each([
    ['short', { diverged: 1, collapsed: 1, undertrained: 1 }],
    ['over', { overfitting: 1 }],
    ['long', { healthy: 1 }],
  ])('sweep %s', async (name, verdicts) => {
    const { schema, verdicts: found, trials } = await parsed<Listed>(name);
    expect(schema).toBe('vae-sweep.trials/1');
    expect(found).toEqual(verdicts);
    expect(trials).toHaveLength(Object.keys(verdicts).length);
  });

  it('the same in the table, and in the report, that says nothing twice', async () => {
    const { stdout } = await show('short');
    expect(stdout).toContain('short · 3 trials: 1 diverged, 1 collapsed, 1 undertrained\n');
    expect(stdout).toMatch(/^ [0-9a-f]{6} +0\.001 .* undertrained \+\d+\.\d\d\/epoch$/m);
    const report = await runCli(['report', 'short', '--results', results]);
    expect(report.stdout).toContain('! 1 trial undertrained (the ELBO still rises at the end');
    expect(report.stdout.match(/diverged: |collapsed/g)).toHaveLength(2);
    expect((await runCli(['report', 'long', '--results', results])).stdout).not.toMatch(/healthy/);
  });
});

describe('what is shown', () => {
  it('`best` is the best seed of the leading configuration, in the newest sweep or in the one named', async () => {
    const { best, trials } = await parsed<Listed>('over');
    expect(best).toBe(trials[0]!.trial);
    const { stdout } = await show('best', 'over');
    expect(stdout).toContain(best);
    expect(stdout).toContain('best by val/elbo: the one seed of the only configuration');
    expect((await show('over', 'best')).stdout).toBe(stdout);
    expect((await parsed<Shown>('best')).trial).toBe((await parsed<Listed>('long')).best);
  });

  it('without a word the newest sweep', async () => {
    expect((await show()).stdout).toBe((await show('long')).stdout);
  });

  it('a trial with its curves, training and validation, the best epoch marked, at any width', async () => {
    const { best } = await parsed<Listed>('over');
    const { curves } = await parsed<Shown>(best.slice(0, 8));
    expect(curves['val/elbo']).toHaveLength(50);
    expect(curves['train/kl']!.at(-1)).toMatchObject({ epoch: 50 });
    for (const columns of ['60', '80', '140']) {
      const { stdout } = await runCli(['show', best, '--results', results], { NO_COLOR: '1', COLUMNS: columns });
      for (const title of ['ELBO', 'distortion D (reconstruction)', 'rate R (KL)']) expect(stdout).toContain(title);
      expect(stdout.match(/▲/g)).toHaveLength(4);
      // Long words aside: paths.
      const lines = stdout.split('\n').filter((line) => !line.includes('/over/'));
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(Number(columns));
    }
  });

  it('what there is not', async () => {
    expect(await show('ovre')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Did you mean `over`?') as string,
    });
    expect(await show('ffffffff')).toMatchObject({ code: 4 });
    expect(await show('over', 'beta')).toMatchObject({ code: 2 });
    expect(await show('best', 'nosuch')).toMatchObject({ code: 4 });
  });

  it('no best before a trial has completed', async () => {
    const folder = temporaryFolder();
    const spec = writeSpec(folder, `name: lost${SPECS.short.replace('[1e-3, 10, 1e-2]', '[10, 9, 8]')}\n`);
    await runCli(['run', spec, '--device', 'cpu', '--slots', '1', '--quiet', '--results', folder]);
    const { code, stderr } = await runCli(['show', 'best', '--results', folder]);
    expect(code).toBe(4);
    expect(stderr).toContain('No trial of sweep lost has completed');
  });
});
