/** Issue 10, line 17: nothing that a run writes follows a link out of the results folder. */
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { writeFileAtomically } from '../../src/files/atomic-file.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

function setUp() {
  const folder = temporaryFolder();
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const outside = path.join(folder, 'outside');
  mkdirSync(layout.root);
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'precious'), 'as it was');
  const run = ['run', writeSpec(folder), '--device', 'cpu', '--slots', '1', '--results', layout.root];
  return { folder, layout, outside, precious: path.join(outside, 'precious'), run };
}

const untouched = (outside: string): void => {
  expect(readdirSync(outside)).toEqual(['precious']);
  expect(readFileSync(path.join(outside, 'precious'), 'utf8')).toBe('as it was');
};

describe('issue 10, line 17', () => {
  it.each([
    ['the sweep’s folder', (layout: ResultsLayout) => layout.sweep('tiny'), true],
    ['the log', (layout: ResultsLayout) => layout.sweepLog('tiny'), false],
    ['the lock', (layout: ResultsLayout) => layout.lock('tiny'), false],
    ['the database', (layout: ResultsLayout) => layout.database, false],
    ['the log of the database', (layout: ResultsLayout) => `${layout.database}-wal`, false],
    ['the shared memory of the database', (layout: ResultsLayout) => `${layout.database}-shm`, false],
    ['the journal of the lock', (layout: ResultsLayout) => `${layout.lock('tiny')}-journal`, false],
  ])('a link in place of %s is refused', async (_what, place, isFolder) => {
    const { layout, outside, precious, run } = setUp();
    const link = place(layout);
    if (!isFolder) mkdirSync(layout.sweep('tiny'));
    symlinkSync(isFolder ? outside : precious, link);
    const { code, stderr } = await runCli(run);
    expect(stderr).toContain(`${link} is a symbolic link`);
    expect(stderr).not.toMatch(/bug|\n {4}at /);
    expect(code).toBe(5);
    untouched(outside);
  });

  it('a link in place of a temporary file is not followed', async () => {
    const { layout, outside, precious, run } = setUp();
    mkdirSync(layout.sweep('tiny'));
    symlinkSync(precious, `${layout.lock('tiny')}.json.new`);
    const { trials } = await planSweep({ specFile: run[1]!, overrides: [] });
    for (const { id: trial } of trials) {
      mkdirSync(layout.trial('tiny', trial));
      symlinkSync(precious, path.join(layout.trial('tiny', trial), 'checkpoint.safetensors.tmp'));
      symlinkSync(precious, path.join(layout.trial('tiny', trial), 'weights.safetensors.tmp'));
    }
    expect((await runCli(run)).code).toBe(0);
    untouched(outside);
  });

  it('the results folder itself may be a link', async () => {
    const { folder, layout, run } = setUp();
    const link = path.join(folder, 'scratch');
    symlinkSync(layout.root, link);
    expect((await runCli([...run.slice(0, -1), link])).code).toBe(0);
    expect(existsSync(layout.database)).toBe(true);
  });

  it('what is written in the middle of a trial follows no link in place of its folder either', async () => {
    const { folder, outside } = setUp();
    const link = path.join(folder, 'trial');
    symlinkSync(outside, link);
    const write = writeFileAtomically(path.join(link, 'checkpoint.safetensors'), [new Uint8Array(1)]);
    await expect(write).rejects.toMatchObject({ code: 'ELOOP' });
    untouched(outside);
  });

  it('an export follows the user’s own link, but to no file of the results', async () => {
    const { folder, layout, precious, run } = setUp();
    expect((await runCli([...run, '--quiet'])).code).toBe(0);
    const link = path.join(folder, 'trials.csv');
    const exportTo = (file: string) => runCli(['export', '-o', file, '--results', layout.root]);
    symlinkSync(precious, link);
    expect((await exportTo(link)).code).toBe(0);
    expect(readFileSync(precious, 'utf8')).toMatch(/^sweep,trial,/);
    expect((await exportTo(path.join(layout.root, 'trials.csv'))).code).toBe(0);

    const log = readFileSync(layout.sweepLog('tiny'), 'utf8');
    const toLog = path.join(layout.root, 'log.csv');
    symlinkSync(layout.sweepLog('tiny'), toLog);
    for (const [file, own] of [
      [toLog, layout.sweepLog('tiny')],
      [layout.sweepLog('tiny'), layout.sweepLog('tiny')],
      [layout.database, layout.database],
    ] as const) {
      const { code, stderr } = await exportTo(file);
      expect(stderr).toContain(file);
      expect(stderr).toContain(
        `${file === own ? '' : `a link to ${realpathSync(own)}, `}a file of the results themselves`,
      );
      expect(code).toBe(2);
    }
    expect(readFileSync(layout.sweepLog('tiny'), 'utf8')).toBe(log);
    expect((await runCli(['status', '--results', layout.root])).code).toBe(0);
  });

  it('a link in place of a trial’s folder is never written through', async () => {
    const { layout, outside, run } = setUp();
    mkdirSync(layout.sweep('tiny'));
    const { trials } = await planSweep({ specFile: run[1]!, overrides: [] });
    symlinkSync(outside, layout.trial('tiny', trials[0]!.id));
    const { code, stdout, stderr } = await runCli(run);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('is a symbolic link');
    untouched(outside);
  });
});
