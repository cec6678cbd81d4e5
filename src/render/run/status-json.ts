import { saidOf } from '../../text/sample-noun.ts';
import { doneCount } from '../../analysis/progress/count-states.ts';
import type { SweepStatus } from '../../analysis/progress/status.ts';
import { quantityOf } from '../../metrics/index.ts';
import { TRIAL_STATES } from '../../trial/state.ts';
import { toJsonLine } from '../json-line.ts';

/** `vae-sweep.status/1`. */
export function renderStatusJson(statuses: readonly SweepStatus[]): string {
  const sweeps = statuses.map((status) => ({
    sweep: status.sweep,
    state: status.state,
    done: doneCount(status.trials),
    total: status.trials.total,
    trials: Object.fromEntries(TRIAL_STATES.map((state) => [state, status.trials[state]])),
    paused: status.paused,
    metric: status.metric,
    goal: status.goal,
    unit: saidOf(status.noun, quantityOf(status.metric).unit),
    best: status.best === null ? null : { config: status.best.params, ...status.best.estimate },
    started_at: status.startedAt.toISOString(),
    ended_at: status.endedAt?.toISOString() ?? null,
    eta_seconds: status.eta?.seconds ?? null,
    eta_low_seconds: status.eta?.lowSeconds ?? null,
    eta_high_seconds: status.eta?.highSeconds ?? null,
    outside_plan: status.outside,
    trained_on: status.trainedOn,
    tags: status.tags,
    note: status.note,
  }));
  return toJsonLine({ schema: 'vae-sweep.status/1', sweeps });
}
