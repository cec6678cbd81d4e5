/**
 * The composition root: the story of a sweep from its file to its last test metric, with the real parts plugged in.
 * Everything below it talks to interfaces; everything above it is a user interface.
 */
import type { DownloadProgress } from './data/download.ts';
import { locateDataset } from './data/locate.ts';
import { keptImages } from './data/own/kept-images.ts';
import type { DatasetSource } from './data/source.ts';
import { messageOf } from './errors.ts';
import { openSweepLog, type SweepLog } from './log.ts';
import { anewNotes, goOnFrom } from './analysis/progress/go-on.ts';
import { lostWeightsNotes } from './analysis/trial/lost-weights.ts';
import { findLostWeights } from './answers/lost-weights.ts';
import { ResultsLayout } from './files/paths.ts';
import { planTrials, type PlanOptions } from './plan-sweep.ts';
import { processCpuWatch } from './run/process-cpu.ts';
import { changedDataNote } from './analysis/changed-data.ts';
import { trialsToTest } from './analysis/ranking.ts';
import { systemClock, type Clock } from './scheduler/clock.ts';
import type { Emit, Observer } from './scheduler/events.ts';
import { StorageTrouble } from './scheduler/storage-trouble.ts';
import { testTargets, type TestTarget } from './scheduler/test-task.ts';
import { keepsCheckpoint, removeCheckpoint } from './scheduler/remove-checkpoint.ts';
import type { AgentsAddress } from './run/run-on-agents.ts';
import { findLocalDevices, runOnDevices, type StartExecutor } from './run/run-on-devices.ts';
import { pruningKey } from './sweep-file/expansion/pruning-key.ts';
import { sweptParameters } from './sweep-file/naming.ts';
import type { TrialFiles } from './files/trial-files.ts';
import type { SnapshotMetrics, SweepSnapshot, TrialRecord } from './store/read-model.ts';
import { openStore } from './store/sqlite-store.ts';
import { findProvenance } from './run/provenance.ts';
import type { SweepStore } from './store/store.ts';
import type { LearnedSearch } from './sweep-file/expansion/learned-search.ts';
import { knownTrials, plannedCount, trialsSoFar, type Foreknown } from './run/known-trials.ts';
import { earlierMilliseconds, readSnapshot } from './run/run-records.ts';
import { runResult, type RunResult } from './run/run-result.ts';
import { tallied } from './run/tally.ts';
import type { TrialSource } from './scheduler/sources/source.ts';
import { trialSource } from './run/trial-source.ts';
import { namedTrials, queueOnDemand } from './run/named-trials.ts';
import { isSettled } from './trial/state.ts';
import type { TrialId, TrialPlan } from './trial/trial.ts';

export interface RunOptions extends PlanOptions {
  readonly resultsDir: string;
  /** As `--device` takes it: `auto`, `cpu`, `gpu`, `gpu:0,2`, … */
  readonly device: string;
  /** Trials at a time on each device; by default what the device can do. */
  readonly slots?: number | undefined;
  /** Instead of this machine's devices: those of the agents that this Redis knows. */
  readonly agents?: AgentsAddress | undefined;
  /** Ids, or beginnings of ids, of completed trials to train again, because their weights are gone. */
  readonly again?: readonly string[] | undefined;
  /** Ids, or beginnings of ids, of pruned trials to train to their last epoch. */
  readonly revive?: readonly string[] | undefined;
  /** Aborted to drain: running trials stop at their next chunk of steps, and the run resolves as interrupted. */
  readonly stop?: AbortSignal | undefined;
  /** Aborted to end at once; running trials go on from their last checkpoint next time. */
  readonly stopNow?: AbortSignal | undefined;
}

/** How long a write blocks this process for other writers. A stop waits as long; what takes longer is waited for outside. */
const WRITE_TIMEOUT_MS = 1_000;

/** Here, or those that agents offer; what talks to Redis is loaded for these alone. */
async function devicesFor(options: RunOptions): Promise<StartExecutor> {
  if (options.agents === undefined) return findLocalDevices(options);
  return (await import('./run/run-on-agents.ts')).findAgents(options.agents);
}

/** What a test replaces: time, and where trials run. */
export interface Surroundings {
  readonly clock: Clock;
  /** Throws USAGE or DEVICE_UNAVAILABLE when `options` ask for what is not there. */
  readonly findDevices: (options: RunOptions) => Promise<StartExecutor>;
}

/**
 * Runs a sweep, or goes on with it: trials that are done stay done. Resolves when every trial has ended and the
 * selected ones are tested, or once a stop has gone through.
 * Throws what `planSweep` throws, STORE_* for the database, DEVICE_UNAVAILABLE and DEVICES_LOST.
 */
export async function runSweep(
  options: RunOptions,
  observe: Observer,
  { clock, findDevices }: Surroundings = { clock: systemClock, findDevices: devicesFor },
): Promise<RunResult> {
  const startedMs = clock.monotonicMs();
  const cpuSeconds = processCpuWatch();
  const planned = await planTrials(options);
  const startExecutor = await findDevices(options);
  // Not beside it: Git's processes would be counted among those that leave no room for devices.
  const provenance = await findProvenance(options.specFile);
  const { spec, specText, search, confirmation } = planned;
  const { name, objective, evaluateTest } = spec;
  const layout = new ResultsLayout(options.resultsDir);
  const known = knownTrials(planned, layout);
  const { again, revive } = namedTrials(options, known, name, layout);

  // From here on something is written.
  const tell: Emit = (happening) => observe({ at: clock.now(), ...happening });
  const opening = new StorageTrouble(tell);
  const store = await opening.outwait(() => openStore(layout, name, WRITE_TIMEOUT_MS), clock, options.stop);
  let foreknown: Foreknown;
  let log: SweepLog;
  let dataset: DatasetSource;
  let held: string | undefined;
  try {
    foreknown = trialsSoFar(planned, store);
    log = openSweepLog(layout, name);
    tell({ type: 'preparing', step: 'data' });
    // After all that can be refused without data, since it may download for long.
    const onProgress = (progress: DownloadProgress): void => tell({ type: 'downloading', ...progress });
    dataset = await locateDataset(spec.dataset, { dataDir: options.dataDir, onProgress });
    // Before devices start: else each would make the file.
    if (options.agents === undefined) await keptImages(spec.dataset, dataset, { onTrouble: (why) => (held = why) });
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
  const { emit, tally } = tallied(spec, { clock, log, observe });
  const trouble = new StorageTrouble(emit);
  const outwait = <T>(write: () => T): Promise<T> => trouble.outwait(write, clock, options.stop);
  let copy: AsyncDisposable | undefined;
  const warn = (message: string, trial: TrialId | null = null): void =>
    emit({ type: 'log', trial, level: 'warn', message });
  const snapshot = (metrics: SnapshotMetrics): SweepSnapshot => readSnapshot(layout, name, metrics);
  /** Whether the end could be recorded. One that is stopped while it can't be leaves that to the next run. */
  const finish = async (interrupted: boolean): Promise<boolean> => {
    const record = (): void => store.finishRun(interrupted ? 'interrupted' : 'finished', clock.now(), cpuSeconds());
    try {
      await outwait(record);
      return true;
    } catch (error) {
      if (options.stop?.aborted !== true || !trouble.meets(error)) throw error;
      return false;
    }
  };
  try {
    for (const warning of planned.warnings) emit(warningEvent(warning));
    if (held !== undefined) emit(warningEvent(held));
    tell({ type: 'preparing', step: 'plan' });
    const facts = { specText, overrides: options.overrides, swept: sweptParameters(spec) };
    const pruning = pruningKey(spec, search);
    const { trials, recorded, isChosen } = foreknown;
    const plannedTrials = plannedCount(planned, foreknown);
    const plan = { name, objective, evaluateTest, ...facts, dataset, trials, plannedTrials, pruning };
    const change = await outwait(() => store.savePlan(plan, clock.now()));
    await outwait(() => store.beginRun(provenance));
    copy = store.keepCopy();
    await queueOnDemand({ again, revive }, store, { outwait, warn });
    const start = snapshot(spec.objectives.length === 0 ? 'objective' : 'all');
    const changedData = changedDataNote(spec.dataset, start.outside);
    if (changedData !== null) warn(changedData);
    emit({ type: 'planned', change, snapshot: start });

    const earlierMs = earlierMilliseconds(layout, name);
    const hours = (): number => (earlierMs + clock.monotonicMs() - startedMs) / 3_600_000;
    const goOn = goOnFrom(start.outside, dataset.fingerprint, (trial) => filesOf(layout, trial).has('checkpoint'));
    for (const message of anewNotes(trials, start, goOn)) emit({ type: 'log', trial: null, level: 'info', message });
    const taught = search && (await outwait(() => teach(search, store)));
    const sources = {
      ...{ spec, search: taught, confirmation, isChosen, store, clock, emit, trials, recorded, start, again },
      ...{ goOn, hours },
    };
    let source: TrialSource | undefined;
    const selectForTest = (): TestTarget[] => testTargets(snapshot('all'), trialsToTest, layout);
    const { createdAt: sweepCreatedAt } = start.sweep;
    const isOpen = search !== undefined && recorded.length < search.proposals;
    const later = isChosen ? 0 : (confirmation?.most ?? 0);
    const jobs = isOpen ? Infinity : store.queued().length + later + selectForTest().length;
    const schedule = {
      sweep: name,
      sweepCreatedAt,
      layout,
      store,
      trials,
      dataset,
      jobs,
      clock,
      emit,
      trouble,
      selectForTest,
      goesOnFrom: (trial: TrialPlan) => {
        const from = goOn.from(trial);
        return from && filesOf(layout, from);
      },
      sourceOf: (queued: readonly TrialPlan[]) => (source = trialSource(sources, queued)),
    };
    const work = jobs > 0 ? await runOnDevices(startExecutor, options, schedule) : { interrupted: false };
    // Left where a coordinator died just after it had recorded a result, or another sweep has finished the trial. Last,
    // because looking for them takes as long as there are trials, and no device waits for it.
    // And earlier versions left those of diverged trials.
    for (const { id: trial } of start.trials.filter((one) => isSettled(one.state) && !keepsCheckpoint(one))) {
      removeCheckpoint(layout.files(name, trial), (message) => warn(message, trial));
    }
    const endedBy = work.interrupted ? null : (source?.endedBy ?? null);
    if (endedBy !== null) warn(`the sweep ends here: ${endedBy}`);
    const interrupted = !(await finish(work.interrupted)) || work.interrupted;
    if (!interrupted && options.agents !== undefined) await letAgentsGo(options.agents, name, emit);

    const end = snapshot('objective');
    const lostWeights = findLostWeights(end.trials, layout);
    const untold = lostWeights.filter(({ trial }) => !tally.failedTests.some((failed) => failed.trial === trial));
    for (const { trial, message } of lostWeightsNotes(untold)) warn(message, trial);
    const elapsedMs = clock.monotonicMs() - startedMs;
    return runResult(end, { change, interrupted, endedBy, lostWeights, elapsedMs, tally });
  } catch (error) {
    log({ level: 'error', message: `the run failed: ${messageOf(error)}` });
    try {
      store.finishRun('failed', clock.now(), cpuSeconds());
    } catch {
      // The error on its way matters more; the next run finds this coordinator gone and recovers.
    }
    throw error;
  } finally {
    await copy?.[Symbol.asyncDispose]();
    store[Symbol.dispose]();
  }
}

/** Of the sweep that trained it. */
function filesOf(layout: ResultsLayout, { sweep, reusedFrom, id }: TrialRecord): TrialFiles {
  return layout.files(reusedFrom ?? sweep, id);
}

/** What the sweep first began from holds, whatever the sweeps that it learnt from have come to since. */
function teach(search: LearnedSearch, store: Pick<SweepStore, 'recordLessons'>): LearnedSearch {
  return search.lessons.length === 0 ? search : search.taught(store.recordLessons(search.key, search.lessons));
}

/** The sweep is done whether they hear of it or not. */
async function letAgentsGo(agents: AgentsAddress, sweep: string, emit: Emit): Promise<void> {
  try {
    await (await import('./run/run-on-agents.ts')).tellAgentsOfEnd(agents, sweep);
  } catch (error) {
    emit({ type: 'log', trial: null, level: 'warn', message: `agents are not told of the end: ${messageOf(error)}` });
  }
}

/** The first line of a warning is the message, the others show its place. */
function warningEvent(warning: string): Parameters<Emit>[0] {
  const [message = '', ...lines] = warning.split('\n');
  const excerpt = lines.join('\n');
  return { type: 'log', trial: null, level: 'warn', message, ...(excerpt !== '' && { excerpt }) };
}
