import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { BIN, runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

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
  const args = ['run', specFile, '--device', 'cpu', '--slots', '1', ...at];
  return {
    folder,
    layout,
    args,
    folders: trials.map(({ id }) => layout.trial('tiny', id)),
    run: () => runCli(args),
    rows: async () => JSON.parse((await runCli(['export', 'tiny', '--format', 'json', ...at])).stdout) as Row[],
  };
}

/** Everything that a trial writes, and what lies there instead. */
const OBSTACLES: readonly (readonly [string, (folder: string) => void])[] = [
  ['a file in place of its folder', (folder) => writeFileSync(folder, 'not a folder')],
  ['a link to itself in place of its folder', (folder) => symlinkSync(folder, folder)],
  ['a link to nowhere in place of its folder', (folder) => symlinkSync(`${folder}-nowhere`, folder)],
  ...[TRIAL_FILES.checkpoint, `${TRIAL_FILES.checkpoint}.tmp`, TRIAL_FILES.weights, TRIAL_FILES.samples].map(
    (name) =>
      [
        `a folder in place of ${name}`,
        (folder: string) => void mkdirSync(path.join(folder, name, 'full'), { recursive: true }),
      ] as const,
  ),
  [
    `a named pipe in place of ${TRIAL_FILES.checkpoint}`,
    (folder) => {
      mkdirSync(folder);
      execFileSync('mkfifo', [path.join(folder, TRIAL_FILES.checkpoint)]);
    },
  ],
];

describe('issue 10, line 8: a trial’s own trouble is that trial’s failure', () => {
  it(`${OBSTACLES.length} trials with something in the way fail with a sentence each, beside one that completes`, async () => {
    const betas = OBSTACLES.map((_, index) => index + 1);
    const { folders, run, rows } = await setUp(TINY_SPEC.replace('[1, 4]', JSON.stringify([...betas, 100])));
    mkdirSync(path.dirname(folders[0]!), { recursive: true });
    for (const [index, [, put]] of OBSTACLES.entries()) put(folders[index]!);
    const { code, stderr } = await run();
    expect(stderr).not.toMatch(/a bug|\n {4}at /);
    expect(code).toBe(3);
    const after = await rows();
    expect(after.at(-1)).toMatchObject({ state: 'completed' });
    for (const [index, [what]] of OBSTACLES.entries()) {
      const { state, cause } = after[index]!;
      expect(state, what).toBe('failed');
      expect(cause, what).toContain(folders[index]);
      expect(cause, what).toMatch(/^storage: .*E[A-Z]+.*run the sweep again/);
    }

    // The remedy does what it says.
    for (const folder of folders.slice(0, -1)) rmSync(folder, { recursive: true, force: true });
    expect((await run()).code).toBe(0);
    expect((await rows()).every(({ state }) => state === 'completed')).toBe(true);
  });

  it('a folder that the user may not write, and then may', async ({ skip }) => {
    const { folder, layout, folders, rows, args } = await setUp();
    // To root everything is permitted.
    const user = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { status } = spawnSync(process.execPath, [BIN, '--version'], user);
    if (status !== 0) skip('no other user may run what is in this checkout');
    chmodSync(folder, 0o755);
    mkdirSync(folders[0]!, { recursive: true });
    if (user.uid !== undefined) {
      for (const owned of [layout.root, layout.sweep('tiny')]) chownSync(owned, user.uid, user.gid);
    }
    chmodSync(folders[0]!, 0o555);
    const { code, stderr } = await startCli(args, { HOME: folder }, user).ended;
    expect(stderr).not.toMatch(/a bug|\n {4}at /);
    expect(code).toBe(3);
    const [failed, completed] = await rows();
    expect(completed).toMatchObject({ state: 'completed' });
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed!.cause).toMatch(/^storage: EACCES.*run the sweep again/);

    chmodSync(folders[0]!, 0o777);
    expect((await startCli(args, { HOME: folder }, user).ended).code).toBe(0);
    expect(await rows()).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
  });

  it('a completed trial whose folder was replaced ends no run', async () => {
    // Which keeps no checkpoint, as more epochs would be another schedule.
    const { folders, run } = await setUp(TINY_SPEC.replace('latent_dim: 2', 'latent_dim: 2\n  lr_schedule: cosine'));
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
