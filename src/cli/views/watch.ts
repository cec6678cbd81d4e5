import { setTimeout as pause } from 'node:timers/promises';
import { sweepStatus } from '../../analysis/progress/status.ts';
import { changesBetween, watchedProgress } from '../../analysis/progress/watched-sweep.ts';
import { findSweep } from '../../answers/find-results.ts';
import { renderFrame } from '../../render/run/frame.ts';
import { renderStatusJson } from '../../render/run/status-json.ts';
import { describeEvent, describeStart, describeStatus, logLineAt } from '../../render/run/run-lines.ts';
import { renderStatus } from '../../render/run/status-table.ts';
import type { MetricCurves, SweepSnapshot } from '../../store/read-model.ts';
import type { TrialId } from '../../trial/trial.ts';
import type { GlobalFlags } from '../flags/flags.ts';
import { isColoured, note, print, stdoutLayout } from '../output.ts';
import { withResults } from '../results.ts';
import { Screen } from './screen.ts';
import { StopSignals } from '../stop-signals.ts';
import { canRedraw, terminalSize } from './terminal-size.ts';

const POLL_MS = 1_000;
/** Looking takes a tenth of the time at most, however large the sweep is. */
const LOOK_SHARE = 0.1;

/** One look at a sweep. */
interface Look {
  readonly snapshot: SweepSnapshot;
  /** The objective of the trials that run. */
  readonly curves: ReadonlyMap<TrialId, MetricCurves>;
  readonly at: Date;
}

/** Shows what it is told until it is disposed of. */
interface Watcher extends Disposable {
  see(look: Look): void;
}

/**
 * Watches a sweep that runs, by default the one of those that was started last, until it ends; nothing is written. What
 * it came to is the answer.
 * @returns the exit code: 0, or a signal's
 */
export async function watchSweep(flags: GlobalFlags & { readonly name?: string | undefined }): Promise<number> {
  const name = flags.name ?? (await newestRunning(flags));
  const signals = new StopSignals();
  signals.arm();
  const watcher = createWatcher(flags);
  let look: Look;
  try {
    for (;;) {
      const startedMs = performance.now();
      look = await lookAt(flags, name);
      if (look.snapshot.sweep.state !== 'running' || signals.stop.aborted) break;
      watcher.see(look);
      await waitFor(Math.max(POLL_MS, (performance.now() - startedMs) / LOOK_SHARE), signals.stop);
    }
  } finally {
    watcher[Symbol.dispose]();
    signals[Symbol.dispose]();
  }
  const statuses = [sweepStatus(look.snapshot)];
  print(flags.json ? renderStatusJson(statuses) : renderStatus(statuses, stdoutLayout(), look.at));
  return signals.stop.aborted ? signals.exitCode : 0;
}

/** Of the sweeps that run; else of all. */
async function newestRunning(flags: GlobalFlags): Promise<string | undefined> {
  return withResults(flags, (results) => {
    const running = results.sweeps().find(({ state }) => state === 'running');
    if (running === undefined) note('No sweep is running here.', '!');
    return running?.name;
  });
}

function lookAt(flags: GlobalFlags, name: string | undefined): Promise<Look> {
  return withResults(flags, (results) => {
    const snapshot = findSweep(results, name, 'objective');
    const { sweep, trials } = snapshot;
    const running = trials.flatMap(({ id, state }) => (state === 'running' ? [id] : []));
    return { snapshot, curves: results.curves(sweep.name, [sweep.objective.metric], running), at: new Date() };
  });
}

/** Ends early, and well, when `stop` is aborted. */
async function waitFor(milliseconds: number, stop: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal: stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
}

function createWatcher({ json, quiet }: GlobalFlags): Watcher {
  if (quiet) return { see: () => undefined, [Symbol.dispose]: () => undefined };
  if (json) return watchChanges(({ snapshot }) => print(renderStatusJson([sweepStatus(snapshot)])));
  return canRedraw(process.stdout) ? watchOnScreen() : watchChanges(printChanges);
}

function watchOnScreen(): Watcher {
  let latest: Look | undefined;
  const screen = new Screen(process.stdout, () => draw());
  const draw = (): void => {
    if (latest === undefined) return;
    const state = watchedProgress(latest.snapshot, latest.curves, latest.at);
    const window = { ...terminalSize(process.stdout), colour: isColoured(process.stdout) };
    screen.draw(renderFrame(state, window, { hint: 'Ctrl-C ends the watch; the sweep goes on' }));
  };
  return {
    see: (look) => {
      latest = look;
      draw();
    },
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

/** Tells of each look at which a trial had begun or ended since the one before. */
function watchChanges(tell: (look: Look, before: Look | undefined) => void): Watcher {
  let before: Look | undefined;
  return {
    see: (look) => {
      const hasChanged = before === undefined || changesBetween(before.snapshot, look.snapshot, look.at).length > 0;
      if (hasChanged) tell(look, before);
      before = look;
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** `18:02:52 done    5aa1ff val/elbo=-87.30 beta=1 seed=1`. */
function printChanges(look: Look, before: Look | undefined): void {
  const state = watchedProgress(look.snapshot, look.curves, look.at);
  if (before === undefined) {
    print(logLineAt(look.at, 'watch', `${state.name}: ${describeStatus(state)}`));
    return;
  }
  const earlier = watchedProgress(before.snapshot, before.curves, before.at);
  for (const event of changesBetween(before.snapshot, look.snapshot, look.at)) {
    const line = event.type === 'dispatched' ? describeStart(state, event) : describeEvent(state, event, earlier);
    if (line !== undefined) print(logLineAt(look.at, ...line));
  }
}
