import type { SchedulerEvent } from '../../scheduler/events.ts';

/** How a run is shown while it goes on. Disposing of it leaves the terminal as it was. */
export interface RunView extends Disposable {
  observe(event: SchedulerEvent): void;
}

/** `--quiet`: nothing before the final line. */
export const QUIET_VIEW: RunView = { observe: () => undefined, [Symbol.dispose]: () => undefined };
