/** How a trial ended is told wherever its figures are: real runs of the real command, read back by every reader. */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantImageNats } from './data/constant-image.ts';
import { runCli, temporaryFolder, writeSpec, type Ended } from './cli/support.ts';
import { loadDataset } from '../src/data/dataset.ts';
import { locateDataset } from '../src/data/locate.ts';
import { pixelMeans } from '../src/data/pixel-means.ts';

/** One learns; one explodes and stays finite; one overflows. */
const SPEC = `name: ends
dataset: { name: sprites-mini, train: 512, validation: 128 }
parameters: { hidden: [64], latent_dim: 2, activation: relu, learning_rate: [1e-2, 1] }
when: [{ if: { learning_rate: 1 }, then: { activation: [tanh, relu] } }]
train: { epochs: 4, batch_size: 64 }
`;
const SETTINGS = { name: 'sprites-mini', train: 512, validation: 128, binarization: 'grey' } as const;

let folder: string;
let run: Ended;
const env = (): NodeJS.ProcessEnv => ({ SWEEP_RESULTS: path.join(folder, 'results'), COLUMNS: '80' });
const cli = (...args: string[]): Promise<Ended> => runCli(args, env());
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-outcome-'));
  run = await cli('run', writeSpec(folder, SPEC), '--slots', '1');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The trial that completed, and should not be called a success. */
function exploded(): { trial: string; elbo: number } {
  using db = withClose(new Database(path.join(folder, 'results/sweeps.db'), { readonly: true }));
  const query = `SELECT trial, elbo FROM v_trials WHERE state = 'completed' AND params ->> 'activation' = 'tanh'`;
  return db.prepare<[], { trial: string; elbo: number }>(query).get()!;
}

function withClose(db: Database.Database): Database.Database & Disposable {
  return Object.assign(db, { [Symbol.dispose]: () => void db.close() });
}

describe('a finite explosion is not a success (issue 9, line 3)', () => {
  it('the run says which completed trial is worse than a constant image, and is no ✓', () => {
    expect(run.stdout).toMatch(/^! ends: 2 trials completed, 1 of them worse than a constant image, 1 diverged ·\s/);
    expect(oneLine(run.stdout)).toContain(
      `1 trial ended worse than a constant image: ${exploded().trial.slice(0, 6)} `,
    );
    expect(oneLine(run.stdout)).toMatch(
      /\(val\/elbo -[\d.e]+, a constant image has -1\d\d\.\d\d\); usually the learning_rate is too large/,
    );
    expect(run.stderr).toMatch(/ done {4}\w{6} val\/elbo=-.* \(worse than a constant image: val\/elbo -/);
  });

  it('the report, as text, Markdown and JSON, and the trial’s own page say so too', async () => {
    for (const format of ['table', 'md']) {
      expect(oneLine((await cli('report', '--format', format)).stdout)).toContain(
        '1 trial ended worse than a constant',
      );
    }
    const { trial } = exploded();
    const json = JSON.parse((await cli('report', '--json')).stdout) as { warnings: object[] };
    expect(json.warnings).toContainEqual(expect.objectContaining({ kind: 'worse_than_constant', trials: [trial] }));
    expect((await cli('show', trial)).stdout).toContain(' ! worse than a constant image: val/elbo ');
    const shown = JSON.parse((await cli('show', trial, '--json')).stdout) as { warnings: string[] };
    expect(shown.warnings).toEqual([expect.stringContaining('worse than a constant image')]);
    const compared = await cli('compare', 'activation=tanh', 'activation=relu', '--where', 'learning_rate=1');
    expect(oneLine(compared.stdout)).toContain('1 of 1 trial of relu diverged, none of tanh');
  });

  it('the constant image’s ELBO is its cross-entropy on the held-out images, recorded once per completed trial', async () => {
    const dataset = await loadDataset(await locateDataset(SETTINGS), SETTINGS);
    const means = pixelMeans(dataset.train, 32 * 32).map((mean) => Math.min(Math.max(mean, 1e-3), 1 - 1e-3));
    using db = withClose(new Database(path.join(folder, 'results/sweeps.db'), { readonly: true }));
    const rows = db.prepare("SELECT value FROM v_metrics WHERE name = 'val/constant_elbo'").pluck().all() as number[];
    expect(rows).toHaveLength(2);
    for (const value of rows) expect(value).toBeCloseTo(-constantImageNats(means, dataset.validation), 3);
    const test = db.prepare("SELECT value FROM v_metrics WHERE name = 'test/constant_elbo'").pluck().all() as number[];
    expect(test).toHaveLength(1);
    expect(test[0]).toBeCloseTo(-constantImageNats(means, dataset.test), 3);
  });
});

describe('divergence (issue 9, line 3)', () => {
  it('names the step, the term, the last finite values and what usually helps', () => {
    expect(run.stderr).toMatch(
      / diverged \w{6} .* \(step \d+ \(epoch \d\): the (KL|reconstruction) is (infinite|NaN); at step \d+ still reconstruction [\d.e]+, KL [\d.e]+; usually helps: a tenth of the learning_rate\)\n/,
    );
  });

  it('exit 3 says why, as the last line on stderr and at the end of the JSON result', async () => {
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/\nexit 3: 1 trial diverged\n$/);
    const again = await cli('run', path.join(folder, 'spec.yaml'), '--json');
    const result = JSON.parse(again.stdout.trimEnd().split('\n').at(-1)!) as object;
    expect(result).toMatchObject({ type: 'result', exit_code: 3, exit_reason: '1 trial diverged', failed_tests: [] });
    expect(Object.keys(result).slice(-3)).toEqual(['exit_reason', 'lost_weights', 'ended_by']);
    expect(again.stderr).toBe('exit 3: 1 trial diverged\n');
  });
});

describe('no winner where there is no better end (issue 9, line 4)', () => {
  it.each(['val/kl', 'val/active_units', 'trainable_weights'])('--by %s sorts, and ranks nothing', async (metric) => {
    const { stdout } = await cli('report', '--by', metric);
    expect(oneLine(stdout)).toContain(`sorted by ${metric} (`);
    expect(oneLine(stdout)).toContain('), largest first: it has no better end');
    expect(stdout).not.toMatch(/\bbest\b(?! epoch)|tied|vs best|minimize|maximize|told from chance/);
    const json = JSON.parse((await cli('report', '--by', metric, '--json')).stdout) as {
      goal: unknown;
      best: { rank: number; tied: boolean; metrics: Record<string, { mean: number }> }[];
    };
    expect(json.goal).toBeNull();
    expect(json.best.map(({ rank, tied }) => [rank, tied])).toEqual([
      [1, false],
      [2, false],
    ]);
    const [first, second] = json.best.map(({ metrics }) => metrics[metric]!.mean);
    expect(first).toBeGreaterThanOrEqual(second!);
  });

  it('what has a better end is ranked towards it', async () => {
    for (const [metric, goal] of [
      ['val/elbo', 'maximize'],
      ['val/reconstruction', 'minimize'],
      ['seconds', 'minimize'],
    ] as const) {
      expect(JSON.parse((await cli('report', '--by', metric, '--json')).stdout)).toMatchObject({ goal });
    }
  });

  it('an objective without a better end needs a goal, and then has one', async () => {
    const spec = writeSpec(mkdtempSync(path.join(folder, 'objective-')), `${SPEC}objective: { metric: val/kl }\n`);
    const refused = await cli('plan', spec);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('val/kl has no better end of its own');
    expect((await cli('plan', spec, 'objective.goal=minimize')).code).toBe(0);
  });
});

describe('a test evaluation that failed (issue 9, line 3)', () => {
  it('is named, with its cause, by the run; the report says what is missing; the next run makes up for it', async () => {
    const own = temporaryFolder();
    cpSync(folder, own, { recursive: true });
    const cli = (...args: string[]) => runCli(args, { ...env(), SWEEP_RESULTS: path.join(own, 'results') });
    const [trial] = (JSON.parse((await cli('report', '--json')).stdout) as { best: { trials: string[] }[] }).best[0]!
      .trials as [string];
    {
      using db = withClose(new Database(path.join(own, 'results/sweeps.db')));
      db.exec("DELETE FROM metrics WHERE name LIKE 'test/%'");
    }
    const weights = path.join(own, 'results/ends', trial);
    expect(readdirSync(weights)).toContain('weights.safetensors');
    renameSync(path.join(weights, 'weights.safetensors'), path.join(own, 'kept'));

    const failed = await cli('run', path.join(own, 'spec.yaml'), '--slots', '1');
    expect(failed.code).toBe(3);
    expect(oneLine(failed.stdout)).toContain(
      `! trial ${trial.slice(0, 6)} could not be evaluated on the test images (weights: `,
    );
    expect(oneLine(failed.stdout)).toContain('Next: sweep run ');
    expect(failed.stderr).toMatch(/\nexit 3: 1 trial diverged, 1 test evaluation failed, 1 trial without weights\n$/);
    const missing = `test images not evaluated yet for 1 trial (${trial.slice(0, 6)}): the next run tries again`;
    expect(oneLine((await cli('report')).stdout)).toContain(` ! ${missing}`);
    expect(oneLine((await cli('report', '--format', 'md')).stdout)).toContain('test images not evaluated yet');
    expect(JSON.parse((await cli('report', '--json')).stdout)).toMatchObject({ untested: [trial] });

    renameSync(path.join(own, 'kept'), path.join(weights, 'weights.safetensors'));
    expect((await cli('run', path.join(own, 'spec.yaml'), '--slots', '1')).stderr).toMatch(
      /\nexit 3: 1 trial diverged\n$/,
    );
    expect((await cli('report')).stdout).not.toContain('not evaluated yet');
  });
});
