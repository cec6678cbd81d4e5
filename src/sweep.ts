/**
 * The composition root: the story of a sweep from its file to its last test metric, with the real parts plugged in.
 * Everything below it talks to interfaces; everything above it is a user interface.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { locateDataset } from './data/locate.ts';
import type { DatasetSource } from './data/source.ts';
import { messageOf, SweepError } from './errors.ts';
import { discoverDevices } from './executor/devices.ts';
import type { Executor } from './executor/executor.ts';
import { startLocalExecutor, type ExecutorLog } from './executor/local-executor.ts';
import { openSweepLog } from './log.ts';
import { ResultsLayout, STDIN } from './paths.ts';
import { countStates } from './report/count-states.ts';
import { selectedTrials } from './report/ranking.ts';
import { systemClock, type Clock } from './scheduler/clock.ts';
import type { Emit, Observer } from './scheduler/events.ts';
import { logLine } from './scheduler/log-line.ts';
import { Scheduler, type ScheduleOptions, type ScheduleResult } from './scheduler/scheduler.ts';
import { testTargets, type TestTarget } from './scheduler/test-task.ts';
import { removeCheckpoint } from './scheduler/train-task.ts';
import { expandSpec, findShortfall } from './spec/expand.ts';
import { sweptParameters } from './spec/naming.ts';
import { readSpec } from './spec/parse.ts';
import type { SweepSpec } from './spec/spec.ts';
import type { SnapshotMetrics, SweepSnapshot } from './store/read-model.ts';
import { openReadModel } from './store/sqlite-read-model.ts';
import { openStore } from './store/sqlite-store.ts';
import type { PlanChange } from './store/store.ts';
import type { TrialState } from './trial/state.ts';
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
  /** Aborted to drain: running trials stop at their next chunk of steps, and the run resolves as interrupted. */
  readonly stop?: AbortSignal | undefined;
  /** Aborted to end at once; running trials go on from their last checkpoint next time. */
  readonly stopNow?: AbortSignal | undefined;
}

export interface RunResult {
  readonly name: string;
  readonly change: PlanChange;
  readonly counts: Readonly<Record<TrialState, number>>;
  /** A stop left work undone. The exit code is then the signal's, 130 or 143. */
  readonly interrupted: boolean;
  /** 3 when the user has something to look at: failed or diverged trials, or a test evaluation that failed. */
  readonly exitCode: 0 | 3;
  /** Trials of the best configuration so far; empty while none is completed. */
  readonly selected: readonly TrialId[];
  readonly elapsedMs: number;
}

/** Called only if there is something to run. Rejects, leaving nothing behind, when `signal` is aborted. */
export type StartExecutor = (emit: Emit, signal: AbortSignal) => Promise<Executor>;

/** What a test replaces: time, and where trials run. */
export interface Surroundings {
  readonly clock: Clock;
  /** Throws USAGE or DEVICE_UNAVAILABLE when `options` ask for what is not there. */
  readonly findDevices: (options: RunOptions) => Promise<StartExecutor>;
}

/**
 * What `runSweep` would do: parses, finds the data, expands, and writes nothing. Only with `emit` a data set that is not
 * here is downloaded. Throws SPEC_INVALID, USAGE, DATA_MISSING or DATA_CORRUPT.
 */
export async function planSweep(options: PlanOptions, emit?: Emit): Promise<PlannedSweep> {
  const { specFile, overrides, dataDir } = options;
  const specText = await readSpecText(specFile);
  const { spec, ...parsed } = readSpec(specText, { file: specFile, overrides });
  const source = await locateDataset(spec.dataset, {
    dataDir,
    download: emit !== undefined,
    onProgress: (progress) => emit?.({ type: 'downloading', ...progress }),
  });
  const trials = expandSpec(spec, source.fingerprint);
  const warnings = [...parsed.warnings, ...findShortfall(spec, trials).map(parsed.describe)];
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
  const planned = await planSweep(options, (happening) => observe({ at: clock.now(), ...happening }));
  const startExecutor = await findDevices(options);

  // Every mistake of the user's has been refused by now; from here on something is written.
  const { spec, specText, source: dataset, trials } = planned;
  const { name, objective, evaluateTest } = spec;
  const layout = new ResultsLayout(options.resultsDir);
  const store = openStore(layout, name);
  const log = openSweepLog(layout, name);
  const emit: Emit = (happening) => {
    const event = { at: clock.now(), ...happening };
    const line = logLine(event);
    if (line !== undefined) log(line);
    observe(event);
  };
  const snapshot = (metrics: SnapshotMetrics): SweepSnapshot => readSnapshot(layout, name, metrics);
  try {
    for (const warning of planned.warnings) emit(warningEvent(warning));
    const facts = { specText, overrides: options.overrides, swept: sweptParameters(spec) };
    const change = store.savePlan({ name, objective, evaluateTest, ...facts, dataset, trials }, clock.now());
    const start = snapshot('objective');
    emit({ type: 'planned', change, snapshot: start });

    const selectForTest = (): TestTarget[] => testTargets(snapshot('all'), selectedTrials, layout);
    const schedule = { sweep: name, layout, store, dataset, clock, emit, selectForTest };
    const hasWork = store.queued().length > 0 || selectForTest().length > 0;
    const { interrupted, failedTests } = hasWork
      ? await runOnDevices(startExecutor, options, schedule)
      : { interrupted: false, failedTests: 0 };
    // Left where a coordinator died just after it had recorded a result, or another sweep has finished the trial. Last,
    // because looking for them takes as long as there are trials, and no device waits for it.
    const completedBefore = start.trials.filter(({ state }) => state === 'completed');
    for (const { id } of completedBefore) removeCheckpoint(layout.trial(name, id));
    store.finishRun(interrupted ? 'interrupted' : 'finished', clock.now());

    const end = snapshot('objective');
    const counts = countStates(end.trials);
    const exitCode = counts.failed + counts.diverged + failedTests > 0 ? 3 : 0;
    const selected = selectedTrials(end);
    return { name, change, counts, interrupted, exitCode, selected, elapsedMs: clock.monotonicMs() - startedMs };
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
  if (isStopped()) return { interrupted: true, failedTests: 0 };
  let executor: Executor;
  try {
    executor = await startExecutor(schedule.emit, stopped);
  } catch (error) {
    if (isStopped()) return { interrupted: true, failedTests: 0 };
    throw error;
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

async function readSpecText(file: string): Promise<string> {
  const reading = file === STDIN ? text(process.stdin) : readFile(file, 'utf8');
  return reading.catch((cause: unknown) => {
    throw new SweepError(
      'USAGE',
      `The spec ${file} can't be read (${messageOf(cause)}). Give a YAML file, or - for stdin.`,
      { cause },
    );
  });
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
