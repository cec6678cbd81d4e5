/** Issue 10, line 20: a completed trial without its weights. */
import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ResultsLayout, TRIAL_FILES } from '../../src/paths.ts';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

interface Row {
  readonly trial: string;
  readonly state: string;
  readonly attempts: number;
}

function setUp() {
  const folder = temporaryFolder();
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const spec = writeSpec(folder);
  const at = ['--results', layout.root];
  const rows = async (sweep = 'tiny') =>
    JSON.parse((await runCli(['export', sweep, '--format', 'json', ...at])).stdout) as Row[];
  const run = (...more: string[]) => runCli(['run', spec, ...more, '--device', 'cpu', '--slots', '1', ...at]);
  const weights = (trial: string, sweep = 'tiny') => path.join(layout.trial(sweep, trial), TRIAL_FILES.weights);
  return { folder, layout, run, rows, weights };
}

/** A table without what a new attempt changes. */
function results(rows: readonly Row[]): object[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !/attempt|second|_at$/.test(name))),
  );
}

describe('issue 10, line 20', () => {
  it('missing weights are told at every run, and --again brings the same ones back', async () => {
    const { run, rows, weights } = setUp();
    expect((await run()).code).toBe(0);
    const before = await rows();
    const { trial } = before[0]!;
    const bytes = readFileSync(weights(trial));
    rmSync(weights(trial));

    const told = await run();
    expect(told.code).toBe(0);
    expect(told.stderr).toContain(`${weights(trial)} is missing`);
    expect(told.stderr).toContain(`--again ${trial}`);

    const again = await run('--again', trial.slice(0, 10));
    expect(again.stderr).toContain('the same result to the last bit');
    expect(again.code).toBe(0);
    expect(readFileSync(weights(trial)).equals(bytes)).toBe(true);
    const after = await rows();
    expect(results(after)).toEqual(results(before));
    expect(after.map(({ attempts }) => attempts)).toEqual([2, 1]);
    expect((await run()).stderr).not.toContain('missing');
  });

  it.each([
    ['missing', (file: string) => rmSync(file), 'is missing'],
    ['cut off', (file: string) => truncateSync(file, 100), "can't be used: the file is cut off"],
  ])('a test evaluation whose weights are %s says so, with a remedy that works', async (_what, harm, words) => {
    const { run, rows, weights } = setUp();
    await run();
    for (const { trial } of await rows()) harm(weights(trial));
    const { code, stderr, ...told } = await run('evaluate_test=all');
    // As it is before it is wrapped.
    const stdout = told.stdout.replace(/\s+/g, ' ');
    expect(code).toBe(3);
    expect(stdout + stderr).not.toContain('bug');
    const untested = /--again ([0-9a-f]{16})/.exec(stdout)![1]!;
    expect(stdout).toContain(`weights: ${weights(untested)} ${words}`);
    expect((await run('evaluate_test=all', '--again', untested)).code).toBe(0);
  });

  it('a trial taken over from a folder that is gone is told, and trained again in its own sweep', async () => {
    const { layout, run, rows, weights } = setUp();
    await run();
    await run('name=twin');
    rmSync(layout.sweep('tiny'), { recursive: true });
    const trials = (await rows('twin')).map(({ trial }) => trial);
    const told = await run('name=twin');
    for (const trial of trials)
      expect(told.stderr).toContain(`${weights(trial)} is missing (the result was taken over`);
    const again = trials.flatMap((trial) => ['--again', trial]);
    expect((await run('name=twin', ...again)).code).toBe(0);
    expect(trials.map((trial) => existsSync(weights(trial, 'twin')))).toEqual([true, true]);
    expect((await run('name=twin')).stderr).not.toContain('missing');
  });

  it('a result that comes out otherwise replaces the recorded one, and that is said', async () => {
    const { layout, run, rows } = setUp();
    await run();
    const before = await rows();
    const { trial } = before[0]!;
    const db = new Database(layout.database);
    const key = db.prepare<[string], number>('SELECT key FROM trials WHERE trial_id = ?').pluck().get(trial);
    db.prepare("UPDATE metrics SET value = value + 1 WHERE name = 'val/elbo' AND trial_key = ?").run(key);
    db.prepare('UPDATE trials SET elbo = elbo + 1 WHERE key = ?').run(key);
    db.close();
    const { stderr } = await run('--again', trial);
    expect(stderr).toContain('another result than was recorded');
    expect(results(await rows())[0]).toEqual(results(before)[0]);
  });

  it('an id that no trial of the sweep has is refused before anything starts', async () => {
    const { layout, run } = setUp();
    const { code, stderr } = await run('--again', 'ffffffffffff');
    expect(code).toBe(2);
    expect(stderr).toContain('--again ffffffffffff');
    expect(existsSync(layout.root)).toBe(false);
  });
});
