import { valueOf } from '../model/parameter.ts';
import { architecture } from '../model/parameters.ts';
import type { SweepSnapshot, SweepState, TrialRecord } from '../store/read-model.ts';
import { TRIAL_STATES, isFinished } from '../trial/state.ts';
import type { TrialState } from '../trial/state.ts';
import { countStates, doneCount } from './count-states.ts';
import { formatDuration, formatInterval, formatRoughly } from '../render/format.ts';
import { droppedNote, fitColumns, renderGrid } from '../render/grid.ts';
import type { Column } from '../render/grid.ts';
import { toJsonLine } from '../render/json.ts';
import { quantityOf } from '../metrics/index.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Params } from './parameters.ts';
import { rankConfigurations, valuesOf } from './ranking.ts';
import { estimate } from './statistics.ts';
import type { Estimate } from './statistics.ts';
import { clip, styled, wrap } from '../render/text.ts';
import { plain } from '../printable.ts';
import type { Layout, Style } from '../render/text.ts';
import { briefData, trainedOn } from './trained-on.ts';
import type { TrainedOn } from './trained-on.ts';

/** One line of `sweep status`. */
export interface SweepStatus {
  readonly sweep: string;
  readonly state: SweepState;
  readonly trials: Readonly<Record<'total' | TrialState, number>>;
  readonly metric: string;
  readonly goal: Goal | null;
  /** The leading configuration; null before the first completed trial. */
  readonly best: { readonly params: Params; readonly estimate: Estimate } | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Only while running, once an epoch shows the speed. */
  readonly etaSeconds: number | null;
  /** Trials that earlier plans named; not among `trials`. */
  readonly outside: number;
  /** Null for a sweep without trials. */
  readonly trainedOn: TrainedOn | null;
  /** The same in brief; empty without trials. */
  readonly data: string;
}

export function sweepStatus(snapshot: SweepSnapshot): SweepStatus {
  const { sweep, trials } = snapshot;
  const { metric, goal, ranked } = rankConfigurations(snapshot);
  const [leader] = ranked;
  return {
    sweep: sweep.name,
    state: sweep.state,
    trials: countStates(trials),
    metric,
    goal,
    best: leader === undefined ? null : { params: leader.params, estimate: estimate(valuesOf(leader, metric)) },
    startedAt: sweep.startedAt,
    endedAt: sweep.endedAt,
    etaSeconds: sweep.state === 'running' ? remainingSeconds(trials) : null,
    outside: snapshot.outside.length,
    trainedOn: trials[0] === undefined ? null : trainedOn(trials[0]),
    data: trials[0] === undefined ? '' : briefData(trials[0]),
  };
}

/**
 * Epochs left times the mean seconds per epoch of trials of the same architecture (of all trials, where it has none),
 * shared by as many trials as run now.
 */
function remainingSeconds(trials: readonly TrialRecord[]): number | null {
  const speedOf = (some: readonly TrialRecord[]): number | undefined => {
    const epochs = some.reduce((sum, trial) => sum + trial.epochs, 0);
    return epochs === 0 ? undefined : some.reduce((sum, trial) => sum + trial.seconds, 0) / epochs;
  };
  const overall = speedOf(trials);
  const running = trials.filter(({ state }) => state === 'running').length;
  if (overall === undefined || running === 0) return null;
  let seconds = 0;
  for (const group of Map.groupBy(trials, ({ config }) => valueOf(config.parameters, architecture)).values()) {
    const open = group.filter(({ state }) => !isFinished(state));
    const epochsLeft = open.reduce((sum, { config, epochs }) => sum + Math.max(0, config.train.epochs - epochs), 0);
    seconds += epochsLeft * (speedOf(group) ?? overall);
  }
  return seconds / running;
}

const STATE_STYLES: Readonly<Record<SweepState, Style>> = {
  running: 'green',
  finished: 'dim',
  interrupted: 'yellow',
  failed: 'red',
};

/** Where a long name would cost all sweeps a column, it is cut to so many cells. */
const CUT_NAME_COLUMNS = 24;

/** One line a sweep. `now` makes "started" relative. */
export function renderStatus(statuses: readonly SweepStatus[], layout: Layout, now: Date): string {
  const column = (header: string, sacrifice: number, cell: (status: SweepStatus) => string): Column => {
    return { header, align: 'right', sacrifice, cells: statuses.map(cell) };
  };
  const left = { align: 'left' } as const;
  const hasOutside = statuses.some(({ outside }) => outside > 0);
  const hasEta = statuses.some(({ etaSeconds }) => etaSeconds !== null);
  const metrics = new Set(statuses.map(({ metric }) => metric));
  const [onlyMetric] = metrics.size === 1 ? metrics : [];
  const columnsWith = (nameColumns: number): Column[] => [
    { ...column('sweep', 0, ({ sweep }) => clip(plain(sweep), nameColumns)), ...left },
    {
      ...column('state', 0, ({ state }) => state),
      ...left,
      style: (row) => STATE_STYLES[statuses[row]?.state ?? 'finished'],
    },
    column('done', 0, ({ trials }) => `${doneCount(trials)}/${trials.total}`),
    ...(hasOutside ? [column('outside plan', 2, ({ outside }) => (outside === 0 ? '' : `+${outside}`))] : []),
    column('failed', 1, ({ trials }) => String(trials.failed + trials.diverged)),
    {
      ...column(`best ${onlyMetric ?? ''}`.trim(), 2, (status) => formatBest(status, onlyMetric === undefined)),
      ...left,
    },
    { ...column('data', 3, ({ data }) => data), ...left },
    column('started', 5, ({ startedAt }) => `${formatDuration((now.getTime() - startedAt.getTime()) / 1000)} ago`),
    ...(hasEta ? [column('ETA', 4, ({ etaSeconds }) => (etaSeconds === null ? '' : formatRoughly(etaSeconds)))] : []),
  ];
  const whole = fitColumns(columnsWith(Infinity), layout);
  const isCut = whole.left.length > 0 && statuses.some(({ sweep }) => sweep.length > CUT_NAME_COLUMNS);
  const { shown, left: dropped } = isCut ? fitColumns(columnsWith(CUT_NAME_COLUMNS), layout) : whole;
  const notes = [
    ...(isCut ? ['names that end in … are cut (--json has them whole)'] : []),
    ...(dropped.length === 0 ? [] : [droppedNote(dropped, '--json')]),
  ].map((note) => `${styled(layout, 'dim', wrap(note, layout.columns, '   ', ' '))}\n`);
  return `${renderGrid(shown, layout)}\n${notes.join('')}`;
}

function formatBest({ best, metric }: SweepStatus, isNamed: boolean): string {
  if (best === null) return '';
  const text = formatInterval(best.estimate, quantityOf(metric).decimals);
  return isNamed ? `${metric} ${text}` : text;
}

/** `vae-sweep.status/1`. */
export function renderStatusJson(statuses: readonly SweepStatus[]): string {
  const sweeps = statuses.map((status) => ({
    sweep: status.sweep,
    state: status.state,
    done: doneCount(status.trials),
    total: status.trials.total,
    trials: Object.fromEntries(TRIAL_STATES.map((state) => [state, status.trials[state]])),
    metric: status.metric,
    goal: status.goal,
    best: status.best === null ? null : { config: status.best.params, ...status.best.estimate },
    started_at: status.startedAt.toISOString(),
    ended_at: status.endedAt?.toISOString() ?? null,
    eta_seconds: status.etaSeconds,
    outside_plan: status.outside,
    trained_on: status.trainedOn,
  }));
  return toJsonLine({ schema: 'vae-sweep.status/1', sweeps });
}
