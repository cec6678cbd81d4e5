import { toJsonLine } from '../render/json.ts';
import type { SchedulerEvent } from '../scheduler/events.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import type { RunView } from './run-view.ts';

/** `run --json`: one object a line, `{"type":"epoch","at":"…","trial":"…",…}`, all keys in snake_case. */
export class JsonView implements RunView {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  observe(event: SchedulerEvent): void {
    this.#write(toJsonLine(toUserSpelling(event.type === 'planned' ? summarizePlan(event) : event)));
  }

  [Symbol.dispose](): void {
    // Nothing is held.
  }
}

/** The plan without all that `sweep export` gives: enough to follow the events that come. */
function summarizePlan({ type, at, change, snapshot }: Extract<SchedulerEvent, { type: 'planned' }>) {
  const trials = snapshot.trials.map(({ id, configId, seed, state, params }) => {
    return { trial: id, configId, seed, state, params };
  });
  return { type, at, sweep: snapshot.sweep.name, change, trials };
}
