import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import { printable, printableStyled } from '../text/printable.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { SchedulerEvent } from '../scheduler/events.ts';
import { renderFrame } from './frame.ts';
import { isColoured } from './output.ts';
import { initialProgress, type ProgressState } from '../analysis/progress.ts';
import { reduceProgress } from '../analysis/reduce-progress.ts';
import { announcement, type RunView } from './run-view.ts';
import { terminalSize } from './terminal-size.ts';

/** At most five frames a second; at least one, for the clock. */
const FRAME_MS = 200;
const IDLE_FRAME_MS = 1_000;

/** A picture of the run that is redrawn in place; announcements scroll by above it. */
export class LiveView implements RunView {
  readonly #clock: Clock;
  readonly #terminal: WriteStream;
  readonly #region: ReturnType<typeof createLogUpdate>;
  #state: ProgressState;
  #drawnAtMs = -Infinity;
  #hasPendingFrame = false;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, terminal: WriteStream) {
    this.#clock = clock;
    this.#terminal = terminal;
    this.#region = createLogUpdate(sized(terminal));
    this.#state = initialProgress(clock.now());
    this.#draw();
  }

  observe(event: SchedulerEvent): void {
    this.#state = reduceProgress(this.#state, event);
    const text = announcement(event);
    if (text !== undefined) this.#region.persist(printable(text));
    if (this.#hasPendingFrame) return;
    this.#hasPendingFrame = true;
    this.#schedule(Math.max(0, this.#drawnAtMs + FRAME_MS - this.#clock.monotonicMs()));
  }

  [Symbol.dispose](): void {
    this.#cancelTimer();
    this.#region.clear();
    this.#region.done();
  }

  #draw(): void {
    this.#drawnAtMs = this.#clock.monotonicMs();
    this.#hasPendingFrame = false;
    const state = { ...this.#state, nowMs: this.#clock.now().getTime() };
    const window = { ...terminalSize(this.#terminal), colour: isColoured(this.#terminal) };
    this.#region(printableStyled(renderFrame(state, window).join('\n')));
    this.#schedule(IDLE_FRAME_MS);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => this.#draw());
  }
}

/** log-update asks its stream for the size, and takes 0 columns at their word. */
function sized(terminal: WriteStream): NodeJS.WritableStream {
  const stream = {
    isTTY: true,
    write: (text: string) => terminal.write(text),
    get columns() {
      return terminalSize(terminal).columns;
    },
    get rows() {
      return terminalSize(terminal).rows;
    },
  };
  return stream as unknown as NodeJS.WritableStream;
}
