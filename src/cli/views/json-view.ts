import { toJsonLine } from '../../render/json-line.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { SchedulerEvent } from '../../scheduler/events.ts';
import { toUserSpelling } from '../../sweep-file/naming.ts';
import { QUIET_VIEW, type RunView } from './run-view.ts';

/** `run --json`: one object a line, `{"type":"epoch","at":"…","trial":"…",…}`, all keys in snake_case. */
export function jsonView(write: (line: string) => void): RunView {
  const shown = (event: SchedulerEvent) =>
    event.type === 'planned'
      ? summarizePlan(event)
      : event.type === 'proposed' || event.type === 'chosen'
        ? { ...event, trials: event.trials.map(summarizeTrial) }
        : event;
  return { ...QUIET_VIEW, observe: (event) => write(toJsonLine(toUserSpelling(shown(event)))) };
}

/** The plan without all that `sweep export` gives: enough to follow the events that come. */
function summarizePlan({ type, at, change, snapshot }: Extract<SchedulerEvent, { type: 'planned' }>) {
  return { type, at, sweep: snapshot.sweep.name, change, trials: snapshot.trials.map(summarizeTrial) };
}

function summarizeTrial({ id, configId, seed, state, params }: TrialRecord) {
  return { trial: id, configId, seed, state, params };
}
