import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { keepsCheckpoint, shareCheckpoint } from '../../src/scheduler/remove-checkpoint.ts';
import { passingTrouble } from '../../src/store/store-error.ts';
import { temporaryFolder } from '../cli/support.ts';
import { toyPlan } from '../support/toy-sweep.ts';

// `cosine` depends on how many epochs there are, so that nothing with more of them could go on from it.
test.each([
  ['pruned', 'constant', true],
  ['pruned', 'cosine', true],
  ['completed', 'constant', true],
  ['completed', 'cosine', false],
  ['diverged', 'constant', false],
  ['diverged', 'cosine', false],
] as const)('the checkpoint of a trial that is %s, with a %s rate, is kept: %s', (state, schedule, isKept) => {
  const { config } = toyPlan({ betas: [1], seeds: 1 }).trials[0]!;
  const parameters = { ...config.parameters, lr_schedule: schedule };
  expect(keepsCheckpoint({ state, config: { ...config, parameters } })).toBe(isKept);
});

test('a disk without room for another trial’s checkpoint is trouble that may pass, and no reason to begin anew', ({
  skip,
}) => {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=8', 'tmpfs', folder]);
  if (mounted.status !== 0) skip('mounting a small disk is not permitted here');
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  const [shorter, longer] = ['a', 'b'].map((id) => new TrialFiles(path.join(folder, id)));
  shorter!.prepare();
  writeFileSync(shorter!.path('checkpoint'), 'weights');
  const fill = (): void => {
    for (let i = 0; ; i++) mkdirSync(path.join(folder, `ballast-${i}`));
  };
  expect(fill).toThrow('ENOSPC');
  const told: string[] = [];
  let trouble: unknown;
  try {
    shareCheckpoint(longer!, shorter!, (message) => told.push(message));
  } catch (error) {
    trouble = error;
  }
  expect([passingTrouble(trouble), told]).toEqual([expect.stringContaining('the disk is full'), []]);
});
