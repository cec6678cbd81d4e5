/** What `sweep rm` takes away: first as a value to be shown, then for good. */
import { SweepError } from '../errors.ts';
import { bytesOf, ownFilesIn, removeFiles } from '../files/own-files.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { findTrial, isSweepName } from './find-results.ts';
import type { ReadModel, SweepSnapshot } from '../store/read-model.ts';
import { holdingSweeps, removeRows, type Removal } from '../store/remove.ts';
import type { TrialId } from '../trial/trial.ts';

export interface PlannedRemoval {
  readonly removals: readonly Removal[];
  /** Trials of all these sweeps together, and the bytes of their files. */
  readonly trials: number;
  readonly bytes: number;
}

/**
 * What these names of sweeps and beginnings of trials' ids stand for. A trial goes from every sweep that has it.
 * @throws SweepError NOT_FOUND for what there isn't; USAGE where a sweep that stays took over results that would go;
 *   STORE_LOCKED for a sweep that runs
 */
export function planRemoval(model: ReadModel, layout: ResultsLayout, names: readonly string[]): PlannedRemoval {
  const whole = new Set(names.filter((name) => isSweepName(model, name)));
  const single = new Map<string, Set<TrialId>>();
  for (const prefix of names.filter((name) => !whole.has(name))) {
    const { id } = findTrial(model, prefix);
    for (const { sweep } of model.trialsByPrefix(id)) {
      if (!whole.has(sweep)) single.set(sweep, (single.get(sweep) ?? new Set()).add(id));
    }
  }
  const removals: Removal[] = [
    ...[...whole].map((sweep): Removal => ({ sweep, trials: 'all' })),
    ...[...single].map(([sweep, trials]): Removal => ({ sweep, trials: [...trials] })),
  ];
  const snapshots = model.sweeps().map(({ name }) => model.snapshot(name, 'objective')!);
  refuseRunning(snapshots, removals);
  refuseHeirs(snapshots, removals);
  const ids = (removal: Removal): readonly TrialId[] => trialsOf(removal, snapshots);
  return {
    removals,
    trials: removals.reduce((sum, removal) => sum + ids(removal).length, 0),
    bytes: removals.reduce((sum, removal) => sum + bytesOf(filesOf(removal, ids(removal), layout)), 0),
  };
}

function refuseRunning(snapshots: readonly SweepSnapshot[], removals: readonly Removal[]): void {
  const running = snapshots.find(
    ({ sweep }) => sweep.state === 'running' && removals.some((removal) => removal.sweep === sweep.name),
  );
  if (running === undefined) return;
  const { name } = running.sweep;
  throw new SweepError('STORE_LOCKED', `${name} is running, and nothing is removed meanwhile: \`sweep stop ${name}\`.`);
}

/** The files of a result that was taken over lie with the sweep that trained it. */
function refuseHeirs(snapshots: readonly SweepSnapshot[], removals: readonly Removal[]): void {
  const goes = (sweep: string, id: TrialId): boolean =>
    removals.some((removal) => removal.sweep === sweep && (removal.trials === 'all' || removal.trials.includes(id)));
  const heirs = new Map<string, number>();
  for (const { sweep, trials, outside } of snapshots) {
    for (const { id, reusedFrom } of [...trials, ...outside]) {
      if (reusedFrom === null || !goes(reusedFrom, id) || goes(sweep.name, id)) continue;
      heirs.set(sweep.name, (heirs.get(sweep.name) ?? 0) + 1);
    }
  }
  if (heirs.size === 0) return;
  const told = [...heirs].map(([sweep, count]) => `${sweep} took over ${count} of these results`).join(', ');
  throw new SweepError(
    'USAGE',
    `${told}, whose files would go, so nothing is removed. Remove ${[...heirs.keys()].join(', ')} as well, by the same ` +
      'command or before.',
  );
}

function trialsOf({ sweep, trials }: Removal, snapshots: readonly SweepSnapshot[]): readonly TrialId[] {
  if (trials !== 'all') return trials;
  const snapshot = snapshots.find((one) => one.sweep.name === sweep);
  return snapshot === undefined ? [] : [...snapshot.trials, ...snapshot.outside].map(({ id }) => id);
}

function filesOf({ sweep, trials }: Removal, ids: readonly TrialId[], layout: ResultsLayout): string[] {
  const own = ids.flatMap((id) => ownFilesIn(layout.trial(sweep, id)));
  return trials === 'all' ? [...own, ...ownFilesIn(layout.sweep(sweep))] : own;
}

/**
 * Removes rows, then files, as the only coordinator of these sweeps. Returns the folders that stay, since something else
 * is in them or the system refuses to empty them.
 */
export function remove(model: ReadModel, layout: ResultsLayout, removals: readonly Removal[]): string[] {
  const held = removals.map(({ sweep }) => sweep);
  return holdingSweeps(layout, held, () => {
    // Only now does nobody add trials.
    const snapshots = model.sweeps().map(({ name }) => model.snapshot(name, 'objective')!);
    removeRows(layout, removals);
    return removals.flatMap((removal) => {
      const folders = trialsOf(removal, snapshots).map((id) => layout.trial(removal.sweep, id));
      const kept = folders.filter((folder) => !removeFiles(ownFilesIn(folder), folder));
      if (removal.trials !== 'all') return kept;
      const folder = layout.sweep(removal.sweep);
      // The lock goes last. Its file is unlinked, never opened, while it is held.
      return [...kept, ...(removeFiles(ownFilesIn(folder), folder) ? [] : [folder])];
    });
  });
}
