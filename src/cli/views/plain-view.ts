import { initialProgress, type ProgressState } from '../../analysis/progress/progress-state.ts';
import { reduceProgress } from '../../analysis/progress/reduce-progress.ts';
import { describeEvent, describeStatus, logLineAt } from '../../render/run/run-lines.ts';
import type { Clock } from '../../scheduler/clock.ts';
import type { SchedulerEvent } from '../../scheduler/events.ts';
import type { RunView } from './run-view.ts';

const HEARTBEAT_MS = 60_000;

/** For logs and pipes: the start, each trial's end, and a line a minute. No control characters. */
export class PlainView implements RunView {
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  #state: ProgressState;
  #cancelHeartbeat: () => void;

  constructor(clock: Clock, write: (line: string) => void) {
    this.#clock = clock;
    this.#write = write;
    this.#state = initialProgress(clock.now());
    this.#cancelHeartbeat = clock.setTimer(HEARTBEAT_MS, () => this.#beat());
  }

  observe(event: SchedulerEvent): void {
    const before = this.#state;
    this.#state = reduceProgress(before, event);
    const line = describeEvent(this.#state, event, before);
    if (line !== undefined) this.#write(logLineAt(event.at, ...line));
  }

  [Symbol.dispose](): void {
    this.#cancelHeartbeat();
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.setTimer(HEARTBEAT_MS, () => this.#beat());
    this.#write(logLineAt(this.#clock.now(), 'status', describeStatus(this.#state)));
  }
}
