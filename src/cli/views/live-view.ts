import type { WriteStream } from 'node:tty';
import { initialProgress, type ProgressState } from '../../analysis/progress/progress-state.ts';
import { reduceProgress } from '../../analysis/progress/reduce-progress.ts';
import { renderFrame } from '../../render/run/frame.ts';
import { announcement } from '../../render/run/run-texts.ts';
import type { Clock } from '../../scheduler/clock.ts';
import type { SchedulerEvent } from '../../scheduler/events.ts';
import { printable } from '../../text/printable.ts';
import { isColoured } from '../output.ts';
import type { RunView } from './run-view.ts';
import { Screen } from './screen.ts';
import { terminalSize } from './terminal-size.ts';

/** At most five frames a second; at least one, for the clock. */
const FRAME_MS = 200;
const IDLE_FRAME_MS = 1_000;

/** A picture of the run that is redrawn in place. What was announced meanwhile is left behind when it is gone. */
export class LiveView implements RunView {
  readonly #clock: Clock;
  readonly #terminal: WriteStream;
  readonly #screen: Screen;
  readonly #announced: string[] = [];
  /** Those of them that the picture has room for; where the run starts from, it tells by itself. */
  readonly #notes: string[] = [];
  #state: ProgressState;
  #drawnAtMs = -Infinity;
  #hasPendingFrame = false;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, terminal: WriteStream) {
    this.#clock = clock;
    this.#terminal = terminal;
    this.#screen = new Screen(terminal, () => this.#draw());
    this.#state = initialProgress(clock.now());
  }

  observe(event: SchedulerEvent): void {
    this.#state = reduceProgress(this.#state, event);
    const text = announcement(event);
    if (text !== undefined) this.#announced.push(text);
    if (text !== undefined && event.type !== 'planned') this.#notes.push(text);
    if (this.#hasPendingFrame) return;
    this.#hasPendingFrame = true;
    this.#schedule(Math.max(0, this.#drawnAtMs + FRAME_MS - this.#clock.monotonicMs()));
  }

  [Symbol.dispose](): void {
    this.#cancelTimer();
    this.#screen[Symbol.dispose]();
    for (const text of this.#announced.splice(0)) this.#terminal.write(`${printable(text)}\n`);
  }

  #draw(): void {
    this.#drawnAtMs = this.#clock.monotonicMs();
    this.#hasPendingFrame = false;
    const state = { ...this.#state, nowMs: this.#clock.now().getTime() };
    const window = { ...terminalSize(this.#terminal), colour: isColoured(this.#terminal) };
    this.#screen.draw(renderFrame(state, window, { notes: this.#notes }));
    this.#schedule(IDLE_FRAME_MS);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => this.#draw());
  }
}
