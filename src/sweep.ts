/**
 * The composition root: the story of a sweep from its file to its last test metric, with the real parts plugged in.
 * Everything below it talks to interfaces; everything above it is a user interface.
 */
import { catalogEntry } from './data/catalog.ts';
import { effectiveSettings } from './data/effective-settings.ts';
import { locateDataset } from './data/locate.ts';
import type { DatasetSource } from './data/source.ts';
import { messageOf } from './errors.ts';
import { discoverDevices } from './executor/devices.ts';
import type { Executor } from './executor/executor.ts';
import { startLocalExecutor, type ExecutorLog } from './executor/local-executor.ts';
import { openSweepLog } from './log.ts';
import { findLostWeights, lostWeightsNotes, type LostWeights } from './lost-weights.ts';
import { ResultsLayout } from './paths.ts';
import { readSpecText } from './read-spec-text.ts';
import { countStates } from './report/count-states.ts';
import { count, formatCount } from './report/format.ts';
import { selectedTrials, trialsToTest } from './report/ranking.ts';
import { systemClock, type Clock } from './scheduler/clock.ts';
import type { Emit, Observer, SchedulerEvent } from './scheduler/events.ts';
import { logLine } from './scheduler/log-line.ts';
import { Scheduler, type ScheduleOptions, type ScheduleResult } from './scheduler/scheduler.ts';
import { startHeartbeat } from './scheduler/heartbeat.ts';
import { StorageTrouble } from './scheduler/storage-trouble.ts';
import { testTargets, type TestTarget } from './scheduler/test-task.ts';
import { removeCheckpoint } from './scheduler/remove-checkpoint.ts';
import { checkSize, expandSpec, findShortfall } from './spec/expand.ts';
import type { Finding } from './spec/issue.ts';
import { sweptParameters } from './spec/naming.ts';
import { readSpec, type ParsedSpec } from './spec/parse.ts';
import type { SweepSpec } from './spec/spec.ts';
import type { SnapshotMetrics, SweepSnapshot } from './store/read-model.ts';
import { openReadModel } from './store/sqlite-read-model.ts';
import { openStore } from './store/sqlite-store.ts';
import type { PlanChange } from './store/store.ts';
import { trialsAgain } from './trials-again.ts';
import { isSettled, type TrialState } from './trial/state.ts';
import type { TrialId, TrialPlan } from './trial/trial.ts';

export interface PlanOptions {
  /** A path, or STDIN. */
  readonly specFile: string;
  /** `key=value`, applied to the spec in this order. */
  readonly overrides: readonly string[];
  /** Where the user keeps data sets; looked at before the cache folder. */
  readonly dataDir?: string | undefined;
}

export interface PlannedSweep {
  readonly spec: SweepSpec;
  readonly specText: string;
  readonly source: DatasetSource;
  /** In dispatch order. */
  readonly trials: readonly TrialPlan[];
  /** What in the spec does nothing, or other than it says: for the terminal, with place, line and caret. */
  readonly warnings: readonly string[];
}

export interface RunOptions extends PlanOptions {
  readonly resultsDir: string;
  /** As `--device` takes it: `auto`, `cpu`, `gpu`, `gpu:0,2`, … */
  readonly device: string;
  /** Trials at a time on each device; by default what the device can do. */
  readonly slots?: number | undefined;
  /** Ids, or beginnings of ids, of completed trials to train again, because their weights are gone. */
  readonly again?: readonly string[] | undefined;
  /** Aborted to drain: running trials stop at their next chunk of steps, and the run resolves as interrupted. */
  readonly stop?: AbortSignal | undefined;
  /** Aborted to end at once; running trials go on from their last checkpoint next time. */
  readonly stopNow?: AbortSignal | undefined;
}

/** The trial stays completed, without test metrics. */
export interface FailedTest {
  readonly trial: TrialId;
  readonly cause: string;
}

export interface RunResult {
  readonly name: string;
  readonly change: PlanChange;
  readonly counts: Readonly<Record<TrialState, number>>;
  /** A stop left work undone. The exit code is then the signal's: 128 and its number. */
  readonly interrupted: boolean;
  /** 3 when the user has something to look at: failed or diverged trials, a test evaluation that failed, lost weights. */
  readonly exitCode: 0 | 3;
  /** Trials of the best configuration so far; empty while none is completed. */
  readonly selected: readonly TrialId[];
  readonly elapsedMs: number;
  /** Evaluations on the test split that failed in this run; the next run tries them again. */
  readonly failedTests: readonly FailedTest[];
  /** What there is to look at: `2 trials diverged, 1 failed, 1 test evaluation failed, 1 trial without weights`. Null with exit code 0. */
  readonly exitReason: string | null;
  /** Trials whose results were taken over from other sweeps: those of `change`, and those that ended while this run went on. */
  readonly reused: number;
  /** Completed trials of the plan whose weights are not there. */
  readonly lostWeights: readonly LostWeights[];
}

/** How long a write blocks this process for other writers. A stop waits as long; what takes longer is waited for outside. */
const WRITE_TIMEOUT_MS = 1_000;

/** Called only if there is something to run. Rejects, leaving nothing behind, when `signal` is aborted. */
export type StartExecutor = (emit: Emit, signal: AbortSignal) => Promise<Executor>;

/** What a test replaces: time, and where trials run. */
export interface Surroundings {
  readonly clock: Clock;
  /** Throws USAGE or DEVICE_UNAVAILABLE when `options` ask for what is not there. */
  readonly findDevices: (options: RunOptions) => Promise<StartExecutor>;
}

/**
 * What `runSweep` would do: parses, finds the data, expands, and writes nothing. Throws SPEC_INVALID, USAGE, DATA_MISSING
 * or DATA_CORRUPT.
 */
export async function planSweep(options: PlanOptions): Promise<PlannedSweep> {
  return planOnData(await readAsked(options), options);
}

/** What a user asked for, with all that can be refused of it without its data. */
interface Asked {
  readonly specText: string;
  readonly parsed: ParsedSpec;
}

async function readAsked({ specFile, overrides }: PlanOptions): Promise<Asked> {
  const specText = await readSpecText(specFile);
  const parsed = readSpec(specText, { file: specFile, overrides });
  checkSize(parsed.spec);
  return { specText, parsed };
}

/** The trials, whose ids depend on the data. Only with `emit` a data set that is not here is downloaded. */
async function planOnData({ specText, parsed }: Asked, { dataDir }: PlanOptions, emit?: Emit): Promise<PlannedSweep> {
  const { spec: asked } = parsed;
  const source = await locateDataset(asked.dataset, {
    dataDir,
    download: emit !== undefined,
    onProgress: (progress) => emit?.({ type: 'downloading', ...progress }),
  });
  // Equal trials have equal ids, whatever the spec asked for in excess.
  const { wishes, ...settings } = effectiveSettings(catalogEntry(source.name), asked);
  const spec = { ...asked, ...settings };
  const trials = expandSpec(spec, source.fingerprint);
  const idle = wishes
    .filter(({ path }) => parsed.isWritten(path))
    .map((wish): Finding => ({ code: 'no_effect', isWarning: true, at: 'value', ...wish }));
  const warnings = [...parsed.warnings, ...[...idle, ...findShortfall(spec, trials)].map(parsed.describe)];
  return { spec, specText, source, trials, warnings };
}

/**
 * Runs a sweep, or goes on with it: trials that are done stay done. Resolves when every trial has ended and the
 * selected ones are tested, or once a stop has gone through.
 * Throws what `planSweep` throws, STORE_* for the database, DEVICE_UNAVAILABLE and DEVICES_LOST.
 */
export async function runSweep(
  options: RunOptions,
  observe: Observer,
  { clock, findDevices }: Surroundings = { clock: systemClock, findDevices: findLocalDevices },
): Promise<RunResult> {
  const startedMs = clock.monotonicMs();
  const asked = await readAsked(options);
  const startExecutor = await findDevices(options);
  // Last, because it may download for long.
  const planned = await planOnData(asked, options, (happening) => observe({ at: clock.now(), ...happening }));
  const { spec, specText, source: dataset, trials } = planned;
  const { name, objective, evaluateTest } = spec;
  const layout = new ResultsLayout(options.resultsDir);
  const again = trialsAgain(options.again ?? [], trials, name, layout);

  // Every mistake of the user's has been refused by now; from here on something is written.
  const opening = new StorageTrouble((happening) => observe({ at: clock.now(), ...happening }));
  const store = await opening.outwait(() => openStore(layout, name, WRITE_TIMEOUT_MS), clock, options.stop);
  const log = openSweepLog(layout, name);
  let reused = 0;
  const failedTests: FailedTest[] = [];
  const emit: Emit = (happening) => {
    if (happening.type === 'test_failed') failedTests.push({ trial: happening.trial, cause: happening.cause });
    const event: SchedulerEvent = { at: clock.now(), ...happening };
    const line = logLine(event);
    if (line !== undefined) log(line);
    if (event.type === 'finished' && event.reusedFrom !== undefined) reused++;
    observe(event);
  };
  const trouble = new StorageTrouble(emit);
  const snapshot = (metrics: SnapshotMetrics): SweepSnapshot => readSnapshot(layout, name, metrics);
  /** Whether the end could be recorded. One that is stopped while it can't be leaves that to the next run. */
  const finish = async (interrupted: boolean): Promise<boolean> => {
    const record = (): void => store.finishRun(interrupted ? 'interrupted' : 'finished', clock.now());
    try {
      await trouble.outwait(record, clock, options.stop);
      return true;
    } catch (error) {
      if (options.stop?.aborted !== true || !trouble.meets(error)) throw error;
      return false;
    }
  };
  try {
    for (const warning of planned.warnings) emit(warningEvent(warning));
    const facts = { specText, overrides: options.overrides, swept: sweptParameters(spec) };
    const plan = { name, objective, evaluateTest, ...facts, dataset, trials };
    const change = await trouble.outwait(() => store.savePlan(plan, clock.now()), clock, options.stop);
    for (const trial of again) {
      const state = await trouble.outwait(() => store.trainAgain(trial), clock, options.stop);
      if (state === 'completed' || !isSettled(state)) continue;
      const message = `not trained again: it ${state}, and the same seed would come to the same end`;
      emit({ type: 'log', trial, level: 'warn', message });
    }
    const start = snapshot('objective');
    reused = change.reused;
    emit({ type: 'planned', change, snapshot: start });

    const selectForTest = (): TestTarget[] => testTargets(snapshot('all'), trialsToTest, layout);
    const schedule = { sweep: name, layout, store, trials, dataset, clock, emit, trouble, selectForTest };
    const hasWork = store.queued().length > 0 || selectForTest().length > 0;
    const work = hasWork ? await runOnDevices(startExecutor, options, schedule) : { interrupted: false };
    // Left where a coordinator died just after it had recorded a result, or another sweep has finished the trial. Last,
    // because looking for them takes as long as there are trials, and no device waits for it.
    // And earlier versions left those of diverged trials.
    for (const { id: trial } of start.trials.filter(({ state }) => isSettled(state))) {
      removeCheckpoint(layout.trial(name, trial), (message) => emit({ type: 'log', trial, level: 'warn', message }));
    }
    const interrupted = !(await finish(work.interrupted)) || work.interrupted;

    const end = snapshot('objective');
    const lostWeights = findLostWeights(end.trials, layout);
    const untold = lostWeights.filter(({ trial }) => !failedTests.some((failed) => failed.trial === trial));
    for (const { trial, message } of lostWeightsNotes(untold)) emit({ type: 'log', trial, level: 'warn', message });
    const counts = countStates(end.trials);
    const exitReason = troubles(counts, failedTests, lostWeights);
    const exitCode = exitReason === null ? 0 : 3;
    const selected = selectedTrials(end);
    const elapsedMs = clock.monotonicMs() - startedMs;
    const ended = { name, change, counts, interrupted, exitCode, selected, elapsedMs } as const;
    return { ...ended, reused, failedTests, exitReason, lostWeights };
  } catch (error) {
    log({ level: 'error', message: `the run failed: ${messageOf(error)}` });
    try {
      store.finishRun('failed', clock.now());
    } catch {
      // The error on its way matters more; the next run finds this coordinator gone and recovers.
    }
    throw error;
  } finally {
    store[Symbol.dispose]();
  }
}

function troubles(
  counts: RunResult['counts'],
  failedTests: readonly FailedTest[],
  lostWeights: readonly LostWeights[],
): string | null {
  const [first, ...others] = (['diverged', 'failed'] as const).filter((state) => counts[state] > 0);
  const parts = [
    ...(first === undefined ? [] : [`${count(counts[first], 'trial')} ${first}`]),
    ...others.map((state) => `${formatCount(counts[state])} ${state}`),
    ...(failedTests.length === 0 ? [] : [`${count(failedTests.length, 'test evaluation')} failed`]),
    ...(lostWeights.length === 0 ? [] : [`${count(lostWeights.length, 'trial')} without weights`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** The first line of a warning is the message, the others show its place. */
function warningEvent(warning: string): Parameters<Emit>[0] {
  const [message = '', ...lines] = warning.split('\n');
  const excerpt = lines.join('\n');
  return { type: 'log', trial: null, level: 'warn', message, ...(excerpt !== '' && { excerpt }) };
}

/** The part of a run that needs devices, which are started for it and ended after it. */
async function runOnDevices(
  startExecutor: StartExecutor,
  { stop, stopNow }: RunOptions,
  schedule: Omit<ScheduleOptions, 'executor'>,
): Promise<ScheduleResult> {
  const stopped = AbortSignal.any([stop, stopNow].filter((signal) => signal !== undefined));
  const isStopped = (): boolean => stopped.aborted;
  if (isStopped()) return { interrupted: true };
  let executor: Executor;
  const { clock, store, trouble } = schedule;
  const stopHeartbeat = startHeartbeat(clock, () => {
    try {
      store.heartbeat(clock.now());
    } catch (error) {
      // What will not pass is met by the next write, which ends the run.
      trouble.meets(error);
    }
  });
  try {
    executor = await startExecutor(schedule.emit, stopped);
  } catch (error) {
    if (isStopped()) return { interrupted: true };
    throw error;
  } finally {
    stopHeartbeat();
  }
  try {
    const scheduler = new Scheduler({ ...schedule, executor });
    stop?.addEventListener('abort', () => scheduler.stop());
    stopNow?.addEventListener('abort', () => scheduler.stopNow());
    if (isStopped()) scheduler.stop();
    return await scheduler.run();
  } finally {
    await executor[Symbol.asyncDispose]();
  }
}

/** One process for each device asked for. */
async function findLocalDevices({ device, slots }: RunOptions): Promise<StartExecutor> {
  const request = { request: device, ...(slots !== undefined && { slots }) };
  const { devices, fallback, notes } = await discoverDevices(request);
  return (emit, signal) => {
    for (const message of notes) emit({ type: 'log', trial: null, level: 'warn', message });
    const onLog = (entry: ExecutorLog): void => emit({ type: 'log', trial: null, ...entry });
    return startLocalExecutor({ devices, fallback, onLog, signal });
  };
}

function readSnapshot(layout: ResultsLayout, sweep: string, metrics: SnapshotMetrics): SweepSnapshot {
  const readModel = openReadModel(layout);
  try {
    return readModel.snapshot(sweep, metrics)!;
  } finally {
    readModel[Symbol.dispose]();
  }
}
