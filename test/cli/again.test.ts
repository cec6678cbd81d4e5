/** Issue 10, line 20: a completed trial without its weights, and `sweep run SPEC --again TRIAL`. */
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { answer, command } from '../support/command.ts';
import { trainedSweep } from './trained-sweep.ts';

interface Row {
  readonly trial: string;
  readonly state: string;
  readonly attempts: number;
}

/** A sweep that has been run. */
async function setUp() {
  const { spec, layout } = await trainedSweep();
  const at = ['--results', layout.root];
  return {
    layout,
    at,
    spec,
    run: (...more: string[]) => command('run', spec, ...more, '--device', 'cpu', '--slots', '1', ...at),
    rows: async (sweep = 'tiny') => (await answer('export', sweep, '--format', 'json', ...at)) as Row[],
    weights: (trial: string, sweep = 'tiny') => path.join(layout.trial(sweep, trial), TRIAL_FILES.weights),
    query: (sql: string) => {
      const db = new Database(layout.database);
      try {
        const statement = db.prepare(sql);
        return statement.reader ? statement.all() : statement.run();
      } finally {
        db.close();
      }
    },
  };
}

/** A table without what a new attempt changes. */
function results(rows: readonly Row[]): object[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !/attempt|second|_at$/.test(name))),
  );
}

function replaceByFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

/** As it is before it is wrapped. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

describe('issue 10, line 20', () => {
  it('missing weights are told at every run, and --again brings the same ones back', async () => {
    const { run, rows, weights } = await setUp();
    const before = await rows();
    const { trial } = before[0]!;
    const bytes = readFileSync(weights(trial));
    rmSync(weights(trial));

    const told = await run();
    expect(told.code).toBe(3);
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

  it('weights that are gone, cut off or damaged are told alike by run, quiet or not, show and report', async () => {
    const { run, rows, weights, at, spec, query } = await setUp();
    const [{ trial }] = (await rows()) as [Row];
    const file = weights(trial);
    const whole = readFileSync(file);
    const harms: [harm: () => void, problem: string][] = [
      [() => rmSync(file), 'is missing'],
      [() => writeFileSync(file, whole.subarray(0, -1)), `is cut off (${whole.length - 1} of ${whole.length} bytes)`],
      [() => writeFileSync(file, whole.subarray(0, 100)), 'is cut off (after 100 bytes)'],
      [() => writeFileSync(file, ''), 'is cut off (after 0 bytes)'],
      [() => writeFileSync(file, Buffer.concat([whole, whole])), 'is damaged'],
      [() => writeFileSync(file, Buffer.alloc(100)), 'is damaged'],
      [() => replaceByFolder(file), 'is no file'],
    ];
    for (const [harm, problem] of harms) {
      harm();
      const sentence = `${file} ${problem}. The result stands; to have the weights again, train the trial anew: sweep run SPEC --again ${trial}`;
      const shown = await run();
      expect(shown.code).toBe(3);
      expect(shown.stderr).toContain(`${sentence}\n`);
      expect(shown.stderr).toMatch(/\nexit 3: 1 trial without weights\n$/);
      expect(unwrapped(shown.stdout)).toContain('! 1 trial completed, but without weights');
      expect(unwrapped(shown.stdout)).toContain(`sweep run ${spec} --results ${at[1]} --device cpu --slots 1 --again`);
      expect(await run('--quiet')).toMatchObject({ code: 3, stderr: 'exit 3: 1 trial without weights\n' });
      const last = JSON.parse((await run('--json')).stdout.trim().split('\n').at(-1)!) as object;
      expect(last).toMatchObject({ exit_code: 3, lost_weights: [{ trial, file, problem, taken_from: null }] });
      expect(unwrapped((await command('show', trial, ...at)).stdout)).toContain(`! completed, but ${sentence}`);
      expect(await answer('show', trial, ...at)).toMatchObject({ warnings: [`completed, but ${sentence}`] });
      expect(await answer('report', 'tiny', ...at)).toMatchObject({
        warnings: expect.arrayContaining([
          { kind: 'weights_lost', trials: [trial], message: expect.stringContaining(`${file} ${problem}`) as string },
        ]) as object[],
      });
    }
    rmSync(file, { recursive: true });
    writeFileSync(file, whole);
    expect(await run('--quiet')).toMatchObject({ code: 0, stderr: '' });
    // Line 5: what computed it.
    const bitClass = ((await answer('show', trial, ...at)) as { bit_class: string }).bit_class;
    expect(bitClass).toMatch(/^compiled\/cpu with ONNX Runtime [\d.]+, bits [0-9a-f]{12}$/);
    expect(unwrapped((await command('show', trial, ...at)).stdout)).toContain(`on cpu, by ${bitClass}, `);
    expect(JSON.stringify(await answer('report', 'tiny', ...at))).not.toContain('weights_lost');
    // Only a completed trial has weights to lose.
    rmSync(file);
    query(`UPDATE trials SET state = 'diverged', cause = 'x' WHERE trial_id = '${trial}'`);
    expect((await run('--quiet')).stderr).toBe('exit 3: 1 trial diverged\n');
  });

  it.each([
    ['missing', (file: string) => rmSync(file), 'is missing'],
    ['cut off', (file: string) => truncateSync(file, 100), "can't be used: the file is cut off"],
  ])('a test evaluation whose weights are %s says so, with a remedy that works', async (_what, harm, words) => {
    const { run, rows, weights } = await setUp();
    for (const { trial } of await rows()) harm(weights(trial));
    const { code, stderr, ...told } = await run('evaluate_test=all');
    const stdout = unwrapped(told.stdout);
    expect(code).toBe(3);
    expect(stdout + stderr).not.toContain('bug');
    expect(stderr).toMatch(/\nexit 3: 1 test evaluation failed, 2 trials without weights\n$/);
    const untested = /--again ([0-9a-f]{16})/.exec(stdout)![1]!;
    expect(stdout).toContain(`weights: ${weights(untested)} ${words}`);
    const others = (await rows()).flatMap(({ trial }) => ['--again', trial]);
    expect((await run('evaluate_test=all', ...others)).code).toBe(0);
  });

  it('a trial taken over from a folder that is gone is told, and trained again in its own sweep', async () => {
    const { layout, run, rows, weights } = await setUp();
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
    const { run, rows, query } = await setUp();
    const before = await rows();
    const { trial } = before[0]!;
    query(
      `UPDATE metrics SET value = value + 1 WHERE name = 'val/elbo' AND trial_key = (SELECT key FROM trials WHERE trial_id = '${trial}')`,
    );
    query(`UPDATE trials SET elbo = elbo + 1 WHERE trial_id = '${trial}'`);
    const { stderr } = await run('--again', trial);
    expect(stderr).toContain('another result than was recorded');
    expect(results(await rows())[0]).toEqual(results(before)[0]);
  });

  it.each(['tiny', 'twin'])(
    'trained again and failed, of sweep %s: the result before stands, which is said, and the remedy brings the weights',
    async (sweep) => {
      // The twin's results are taken over: this is its own first attempt.
      const { layout, run, rows, query, weights } = await setUp();
      const again = (...more: string[]) => run(`name=${sweep}`, ...more);
      await again();
      if (sweep === 'twin') rmSync(layout.sweep('tiny'), { recursive: true });
      const before = await rows(sweep);
      const { trial } = before[0]!;
      const folder = layout.trial(sweep, trial);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(path.dirname(folder), { recursive: true });
      writeFileSync(folder, 'in the way');

      const failed = await again('--again', trial);
      expect(failed.code).toBe(3);
      expect(failed.stderr).toMatch(/trained again, and failed \(storage: .*\); the result before stands as it was/);
      expect(failed.stderr).toContain(`then run the sweep again with --again ${trial})`);
      expect(failed.stderr).toMatch(/exit 3: 1 trial not trained again, [12] trials? without weights\n$/);
      const kept = results(await rows(sweep))[0]!;
      expect(kept).toEqual(results(before)[0]);
      expect(kept).toMatchObject({ device: 'cpu', reused_from: sweep === 'twin' ? 'tiny' : null });
      expect(query(`SELECT DISTINCT device FROM v_trials`)).toEqual([{ device: 'cpu' }]);
      const ends = query(
        `SELECT a.outcome FROM attempts a JOIN trials t ON t.key = a.trial_key JOIN sweeps s ON s.key = t.sweep_key
         WHERE s.name = '${sweep}' AND t.trial_id = '${trial}' ORDER BY a.attempt`,
      );
      expect(ends).toEqual(
        sweep === 'twin' ? [{ outcome: 'failed' }] : [{ outcome: 'completed' }, { outcome: 'failed' }],
      );

      rmSync(folder);
      expect((await again('--again', trial)).stderr).toContain('the same result to the last bit');
      expect(existsSync(weights(trial, sweep))).toBe(true);
      expect((await rows(sweep))[0]).toMatchObject({ device: 'cpu', reused_from: null });
    },
  );

  it('while a trial is to be trained again, plan, status and show take it for one that is to be trained', async () => {
    const { run, at, spec, query, rows } = await setUp();
    await run('name=twin');
    const [{ trial }] = (await rows()) as [Row];
    // As a run leaves it that was stopped before the training came to an end.
    const queue = () =>
      query(
        `UPDATE trials SET state = 'queued', cause = 'interrupted' WHERE trial_id = '${trial}' AND sweep_key = (SELECT key FROM sweeps WHERE name = 'tiny')`,
      );
    queue();
    const plan = await answer('plan', spec, '--list', ...at);
    expect(plan).toMatchObject({ trials: { total: 2, finished: 1, to_run: 1, reused: 0 } });
    expect(plan).toMatchObject({ list: [{ trial, step: 'train', finished_in: null }, { step: 'keep' }] });
    // Where the plan doesn't name it any more, nobody trains it, and its result comes back into sight.
    await run('beta=4');
    expect(query(`SELECT state, epochs, in_plan FROM v_trials WHERE trial = '${trial}' AND sweep = 'tiny'`)).toEqual([
      { state: 'completed', epochs: 2, in_plan: 0 },
    ]);
    queue();
    expect((plan as { seconds: { high: number } }).seconds.high).toBeGreaterThan(0);
    expect(query(`SELECT state, elbo, epochs FROM v_trials WHERE trial = '${trial}' AND sweep = 'tiny'`)).toEqual([
      { state: 'queued', elbo: null, epochs: 0 },
    ]);
    const ran = await run();
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('the same result to the last bit');
  });

  it.each([
    ['no id', '', '--again takes the id of a trial, or how it begins. `sweep plan SPEC --list --results /'],
    ['an unknown id', 'fffffffffffff', '--again fffffffffffff: no trial of tiny has an id that begins so. `sweep plan'],
    ['what is no id', 'beta=1', '--again beta=1: no trial of tiny has an id that begins so. `sweep plan'],
  ])('%s is refused before anything starts', async (_what, id, words) => {
    const { layout, run } = await setUp();
    rmSync(layout.root, { recursive: true });
    const { code, stderr } = await run('--again', id);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(layout.root)).toBe(false);
  });

  it('a beginning that several ids share is refused with the ids, a trial outside the plan with the way back', async () => {
    const { run, rows, at, spec } = await setUp();
    const many = (await answer('plan', spec, 'seeds=20', '--list', ...at)) as { list: { trial: string }[] };
    const ids = many.list.map(({ trial }) => trial);
    const digit = ids.map((id) => id[0]!).find((first) => ids.filter((id) => id.startsWith(first)).length > 1)!;
    const several = await run('seeds=20', '--again', digit);
    expect(several.code).toBe(2);
    const alike = ids.filter((id) => id.startsWith(digit));
    expect(several.stderr).toContain(
      `--again ${digit}: the ids of ${alike.length} trials begin so: ${alike[0]}, ${alike[1]}`,
    );

    const [{ trial }] = (await rows()) as [Row];
    const outside = await run('beta=4', '--again', trial);
    expect(outside.code).toBe(2);
    expect(outside.stderr).toContain(
      `trial ${trial} of tiny is outside the present plan, and only what the plan names`,
    );
    expect(outside.stderr).toContain(`\`sweep show ${trial} ${at.join(' ')}\` tells its values`);
  });

  it('a trial that is named twice is trained once', async () => {
    const { run, rows } = await setUp();
    const [{ trial }] = (await rows()) as [Row];
    expect((await run('--again', trial, '--again', trial.slice(0, 8).toUpperCase())).code).toBe(0);
    expect((await rows()).map(({ attempts }) => attempts)).toEqual([2, 1]);
  });
});
