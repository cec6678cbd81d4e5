/** What `sweep gc` frees: files that nothing needs any more, first as a value to be shown, then for good. */
import path from 'node:path';
import { SweepError } from '../errors.ts';
import { bytesOf, foldersIn, ownFilesIn, removeFiles } from '../files/own-files.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { trialFileNamed } from '../files/trial-files.ts';
import { findSweep } from './find-results.ts';
import { findLostWeights } from './lost-weights.ts';
import type { ReadModel, SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { holdingSweeps } from '../store/remove.ts';
import { readResults } from '../store/read-results.ts';
import { explaining } from '../store/store-error.ts';
import { isSettled } from '../trial/state.ts';

/** Why a file isn't needed; in the order in which they are told. */
export const FREEABLE_KINDS = ['checkpoint', 'pruned', 'temporary', 'taken_over', 'stray', 'outside_plan'] as const;
export type FreeableKind = (typeof FREEABLE_KINDS)[number];

/** Files of one trial's folder that are not needed for one reason. */
export interface Freeable {
  readonly kind: FreeableKind;
  readonly sweep: string;
  readonly folder: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

export interface FreeingOptions {
  /** By default all sweeps. */
  readonly sweep?: string | undefined;
  /** Also what trials outside of their sweep's present plan keep; their figures stay. */
  readonly outsidePlan?: boolean | undefined;
}

export interface PlannedFreeing {
  readonly freeable: readonly Freeable[];
  /** Sweeps that run, and so are left alone. */
  readonly running: readonly string[];
}

/**
 * What may go, from what the database says. A file of a name that vae-sweep doesn't give, a folder that is called like no
 * trial, and the folder of a sweep that the database doesn't have are left: nobody knows whose they are.
 * @throws SweepError NOT_FOUND for a sweep that there isn't, STORE_LOCKED where it runs
 */
export function planFreeing(model: ReadModel, layout: ResultsLayout, options: FreeingOptions = {}): PlannedFreeing {
  const { sweep: name, outsidePlan = false } = options;
  const asked = name === undefined ? undefined : findSweep(model, name, 'objective').sweep;
  if (asked?.state === 'running') {
    throw new SweepError(
      'STORE_LOCKED',
      `${name!} is running, and nothing is freed meanwhile: \`sweep stop ${name!}\`.`,
    );
  }
  const snapshots = model.sweeps().map((sweep) => model.snapshot(sweep.name, 'objective')!);
  const chosen = snapshots.filter(({ sweep }) => name === undefined || sweep.name === name);
  const running = chosen.filter(({ sweep }) => sweep.state === 'running');
  const resting = chosen.filter((snapshot) => !running.includes(snapshot));
  return {
    freeable: resting.flatMap((snapshot) => freeableIn(snapshot, snapshots, layout, outsidePlan)),
    running: running.map(({ sweep }) => sweep.name),
  };
}

/** What a trial's folder is called. */
const TRIAL_FOLDER = /^[0-9a-f]{16}$/;

function freeableIn(
  { sweep: { name }, trials, outside }: SweepSnapshot,
  snapshots: readonly SweepSnapshot[],
  layout: ResultsLayout,
  outsidePlan: boolean,
): Freeable[] {
  const own = new Map([...trials, ...outside].map((trial) => [trial.id, trial]));
  const others = snapshots.filter(({ sweep }) => sweep.name !== name);
  const elsewhere = new Set(others.flatMap((other) => [...other.trials, ...other.outside]).map(({ id }) => id));
  return foldersIn(layout.sweep(name)).flatMap((id) => {
    if (!TRIAL_FOLDER.test(id)) return [];
    const folder = layout.trial(name, id);
    const context = { layout, outsidePlan, isElsewhere: elsewhere.has(id) };
    const kinds = Map.groupBy(ownFilesIn(folder), (file) => kindOf(path.basename(file), own.get(id), context));
    return FREEABLE_KINDS.flatMap((kind): Freeable[] => {
      const files = kinds.get(kind) ?? [];
      return files.length === 0 ? [] : [{ kind, sweep: name, folder, files, bytes: bytesOf(files) }];
    });
  });
}

interface Context {
  readonly layout: ResultsLayout;
  readonly outsidePlan: boolean;
  /** Another sweep has a trial of this id, whose files may be these. */
  readonly isElsewhere: boolean;
}

/** Why a file in the folder of a trial may go; undefined where it may not. `trial`: the sweep's row of it. */
function kindOf(file: string, trial: TrialRecord | undefined, context: Context): FreeableKind | undefined {
  const known = trialFileNamed(file);
  if (known === undefined) return undefined;
  if (known.isTemporary) return 'temporary';
  if (trial === undefined) return context.isElsewhere ? undefined : 'stray';
  // What it would be revived from: without, it begins anew, and comes to the same.
  if (known.file === 'checkpoint' && trial.state === 'pruned') return 'pruned';
  if (known.file === 'checkpoint' && isSettled(trial.state)) return 'checkpoint';
  // Where the weights that it goes by are gone, its own may be the last.
  if (trial.reusedFrom !== null && findLostWeights([trial], context.layout).length === 0) return 'taken_over';
  return context.outsidePlan && !trial.inPlan && !context.isElsewhere ? 'outside_plan' : undefined;
}

/**
 * Frees what was shown, as the only coordinator of these sweeps, unless it is needed again by now. Returns what went.
 * @throws SweepError STORE_LOCKED, and nothing goes, where one of them runs by now
 */
export function free(
  layout: ResultsLayout,
  { freeable }: PlannedFreeing,
  options: FreeingOptions = {},
): readonly Freeable[] {
  const sweeps = [...new Set(freeable.map(({ sweep }) => sweep))];
  return holdingSweeps(layout, sweeps, () => {
    // Only now does nobody change what they need.
    return readResults(layout, (model) => {
      const snapshots = model.sweeps().map(({ name }) => model.snapshot(name, 'objective')!);
      const now = snapshots
        .filter(({ sweep }) => sweeps.includes(sweep.name))
        .flatMap((snapshot) => freeableIn(snapshot, snapshots, layout, options.outsidePlan ?? false));
      const shown = new Set(freeable.flatMap(({ kind, files }) => files.map((file) => `${kind} ${file}`)));
      return now.flatMap(({ files: found, ...one }) => {
        const files = found.filter((file) => shown.has(`${one.kind} ${file}`));
        if (files.length === 0) return [];
        const bytes = bytesOf(files);
        explaining(one.folder, () => removeFiles(files, one.folder));
        return [{ ...one, files, bytes }];
      });
    });
  });
}
