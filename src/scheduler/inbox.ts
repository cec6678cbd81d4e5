import type { Clock } from './clock.ts';
import { Pause } from './pause.ts';
import type { NewsOf, TaskAttempt } from './turn.ts';

/** News that wait for the next turn, and when that is. */
export class Inbox {
  readonly #clock: Clock;
  readonly #turn: () => void;
  #news: NewsOf[] = [];
  #isScheduled = false;
  #isClosed = false;
  readonly #blocked = new Pause();

  constructor(clock: Clock, turn: () => void) {
    this.#clock = clock;
    this.#turn = turn;
  }

  /** Nothing can be recorded: there is no turn for a while. */
  get isBlocked(): boolean {
    return this.#blocked.isOn;
  }

  get isTurnScheduled(): boolean {
    return this.#isScheduled;
  }

  /** Whose outcomes are among the news. */
  get ended(): ReadonlySet<TaskAttempt> {
    return new Set(this.#news.flatMap((item) => ('outcome' in item ? [item.of] : [])));
  }

  add(news: NewsOf): void {
    if (this.#isClosed) return;
    // Never recorded, and out of date by the time it could be told.
    if (this.isBlocked && 'event' in news && news.event.type === 'progress') return;
    this.#news.push(news);
    this.scheduleTurn();
  }

  take(): readonly NewsOf[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** For the next try. */
  putBack(news: readonly NewsOf[]): void {
    this.#news = [...news, ...this.#news];
  }

  /** Never at once: more may be arriving, and who asks for it may be an observer in the middle of a turn. */
  scheduleTurn(): void {
    if (this.#isScheduled || this.isBlocked) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  block(): void {
    this.#blocked.begin(this.#clock, () => this.scheduleTurn());
  }

  unblock(): void {
    this.#blocked.end();
    this.scheduleTurn();
  }

  /** Keeps nothing that arrives from now on. */
  close(): void {
    this.#isClosed = true;
    this.#blocked.end();
  }
}
