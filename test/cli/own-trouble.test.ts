import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultsLayout, TRIAL_FILES } from '../../src/paths.ts';
import { planSweep } from '../../src/sweep.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

interface Row {
  readonly trial: string;
  readonly state: string;
  readonly cause: string | null;
}

async function setUp(spec = TINY_SPEC) {
  const folder = temporaryFolder();
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const specFile = writeSpec(folder, spec);
  const { trials } = await planSweep({ specFile, overrides: [] });
  const at = ['--results', layout.root];
  return {
    folders: trials.map(({ id }) => layout.trial('tiny', id)),
    run: () => runCli(['run', specFile, '--device', 'cpu', '--slots', '1', ...at]),
    rows: async () => JSON.parse((await runCli(['export', 'tiny', '--format', 'json', ...at])).stdout) as Row[],
  };
}

/** Everything that a trial writes, and what lies there instead. */
const OBSTACLES: readonly (readonly [string, (folder: string) => void])[] = [
  ['a file in place of its folder', (folder) => writeFileSync(folder, 'not a folder')],
  ...[TRIAL_FILES.checkpoint, `${TRIAL_FILES.checkpoint}.tmp`, TRIAL_FILES.weights, TRIAL_FILES.samples].map(
    (name) =>
      [
        `a folder in place of ${name}`,
        (folder: string) => void mkdirSync(path.join(folder, name, 'full'), { recursive: true }),
      ] as const,
  ),
];

describe('issue 10, line 8: a trial’s own trouble is that trial’s failure', () => {
  it.each(OBSTACLES)('%s', async (_what, put) => {
    const { folders, run, rows } = await setUp();
    mkdirSync(path.dirname(folders[0]!), { recursive: true });
    put(folders[0]!);
    const { code, stderr } = await run();
    expect(stderr).not.toMatch(/a bug|\n {4}at /);
    expect(code).toBe(3);
    const [failed, completed] = await rows();
    expect(completed).toMatchObject({ state: 'completed' });
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed!.cause).toContain(folders[0]);
    expect(failed!.cause).toMatch(/^storage: .*E[A-Z]+.*run the sweep again/);

    // The remedy does what it says.
    rmSync(folders[0]!, { recursive: true });
    expect((await run()).code).toBe(0);
    expect(await rows()).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
  });

  it('a completed trial whose folder was replaced ends no run', async () => {
    const { folders, run } = await setUp();
    expect((await run()).code).toBe(0);
    rmSync(folders[0]!, { recursive: true });
    writeFileSync(folders[0]!, 'not a folder');
    mkdirSync(path.join(folders[1]!, TRIAL_FILES.checkpoint));
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toContain('no longer needed');
    expect(stderr).toContain('exit 3: 1 trial without weights');
  });
});

describe('issue 10, line 10: checkpoints of trials that ended', () => {
  it('a diverged trial has none, nor one that an earlier version left', async () => {
    const { folders, run, rows } = await setUp(TINY_SPEC.replace('hidden: [8]', 'hidden: [8]\n  learning_rate: 10'));
    expect((await run()).code).toBe(3);
    expect(await rows()).toMatchObject([{ state: 'diverged' }, { state: 'diverged' }]);
    const checkpoints = folders.map((folder) => path.join(folder, TRIAL_FILES.checkpoint));
    expect(checkpoints.filter((file) => existsSync(file))).toEqual([]);
    for (const file of checkpoints) writeFileSync(file, 'left by an earlier version');
    await run();
    expect(checkpoints.filter((file) => existsSync(file))).toEqual([]);
  });
});
