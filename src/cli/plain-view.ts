import { count, formatNumber } from '../text/format-number.ts';
import { formatRoughly, shortId, describeParams } from '../render/format.ts';
import { quantityOf } from '../metrics/index.ts';
import { doneCount } from '../analysis/count-states.ts';
import { failureOf } from '../analysis/shortfall.ts';
import { describeShortfall } from '../render/shortfall-text.ts';
import { plain } from '../text/printable.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { SchedulerEvent } from '../scheduler/events.ts';
import { etaSeconds, initialProgress, type ProgressState } from '../analysis/progress.ts';
import { reduceProgress } from '../analysis/reduce-progress.ts';
import { announcement, describeWaiting, type RunView } from './run-view.ts';

const HEARTBEAT_MS = 60_000;

/**
 * For logs and pipes: the start, each trial's end, and a line a minute. No control characters.
 * Lines look like `18:02:52 done    5aa1ff val/elbo=-87.30 beta=1 seed=1`, in local time.
 */
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
    const line = describe(this.#state, event, before);
    if (line !== undefined) this.#line(event.at, ...line);
  }

  [Symbol.dispose](): void {
    this.#cancelHeartbeat();
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.setTimer(HEARTBEAT_MS, () => this.#beat());
    this.#line(this.#clock.now(), 'status', describeStatus(this.#state));
  }

  #line(at: Date, kind: string, text: string): void {
    this.#write(`${at.toTimeString().slice(0, 8)} ${kind.padEnd(7)} ${text}`);
  }
}

/** What is worth a line: its kind, and the rest. */
function describe(
  state: ProgressState,
  event: SchedulerEvent,
  before: ProgressState,
): readonly [kind: string, text: string] | undefined {
  if (event.type === 'devices') {
    const devices = event.devices.map(({ label, slots, healthy }) => `${label} × ${slots}${healthy ? '' : ' (lost)'}`);
    return ['devices', devices.join(', ')];
  }
  if (event.type === 'finished') return [event.state === 'completed' ? 'done' : event.state, describeEnd(state, event)];
  if (event.type === 'test_phase') return ['test', `${count(event.trials, 'trial')} on the test split`];
  if (event.type === 'waiting' || event.type === 'storage') {
    const text = state.wait && describeWaiting(state.wait);
    return text === null || (before.wait !== null && text === describeWaiting(before.wait))
      ? undefined
      : ['wait', text];
  }
  const text = announcement(event);
  if (text === undefined) return undefined;
  return [event.type === 'planned' ? 'start' : event.type === 'stopping' ? 'stop' : 'note', text];
}

function describeEnd(state: ProgressState, event: Extract<SchedulerEvent, { type: 'finished' }>): string {
  const trial = state.trials.get(event.trial);
  const { metric } = state.objective;
  const value = event.summary?.metrics[metric];
  const shortfall = event.summary && failureOf(event.summary.metrics);
  return [
    shortId(event.trial),
    ...(value === undefined ? [] : [`${metric}=${formatNumber(value, quantityOf(metric).decimals)}`]),
    ...(trial === undefined ? [] : [describeParams({ ...trial.params, seed: trial.seed }, [...state.swept, 'seed'])]),
    ...(event.cause === null ? [] : [`(${plain(event.cause)})`]),
    ...(shortfall === undefined ? [] : [`(worse than a constant image: ${describeShortfall(shortfall)})`]),
    ...(event.reusedFrom === undefined ? [] : [`(taken over from sweep ${plain(event.reusedFrom)})`]),
  ].join(' ');
}

function describeStatus(state: ProgressState): string {
  const { counts, download } = state;
  if (counts.total === 0) return download === null ? 'preparing' : `downloading ${download.file}`;
  const eta = etaSeconds(state);
  const facts = [
    `${doneCount(counts)}/${counts.total} done`,
    `${counts.running} running`,
    `${counts.failed + counts.diverged} failed`,
    ...(state.wait === null ? [] : [describeWaiting(state.wait)]),
  ];
  return `${facts.join(', ')}${eta === null ? '' : `, ETA ${formatRoughly(eta)}`}`;
}
