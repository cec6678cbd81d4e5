import type { LiveMessage, LiveTrial } from '../../serve/live-message.ts';

/** Trials that ended last are told of, so many. */
const TOLD = 6;

/** What the messages so far came to. No DOM; it grows no longer than the plan. */
export interface LiveState {
  readonly head: Omit<LiveMessage, 'trials'> | null;
  /** Trials that train now, by id. */
  readonly running: ReadonlyMap<string, LiveTrial>;
  /** That ended since the page was drawn, the last first. */
  readonly ended: readonly LiveTrial[];
  /** How many completed since the page was drawn. */
  readonly news: number;
}

export const NOTHING_YET: LiveState = { head: null, running: new Map(), ended: [], news: 0 };

export function foldMessage({ running: before, ended, news }: LiveState, { trials, ...head }: LiveMessage): LiveState {
  const running = new Map(before);
  for (const trial of trials) {
    if (trial.state === 'running') running.set(trial.id, trial);
    else running.delete(trial.id);
  }
  const now = trials.filter(({ state }) => state !== 'running' && state !== 'queued');
  return {
    head,
    running,
    ended: [...now.toReversed(), ...ended].slice(0, TOLD),
    news: news + now.filter(({ state }) => state === 'completed').length,
  };
}

/** One line: how far it is, what leads, how long it still takes. */
export function statusLine({ sweep, state, counts, best, metric, etaSeconds }: Omit<LiveMessage, 'trials'>): string {
  const { completed, running, queued, failed, diverged, total } = counts;
  const amounts = Object.entries({ running, queued, failed, diverged }).flatMap(([what, amount]) =>
    amount > 0 ? [`${amount} ${what}`] : [],
  );
  return [
    `${sweep}: ${state}, ${completed} of ${total} trials completed`,
    ...amounts,
    ...(etaSeconds === null ? [] : [`about ${duration(etaSeconds)} left`]),
    ...(best === null ? [] : [`best ${best.label} ${metric} ${best.value}`.replace(/-(?=\d)/g, '−')]),
  ].join(' · ');
}

export function trialLine({ id, label, seed, state, epoch, epochs, elbo, cause }: LiveTrial): string {
  const value = elbo === null ? '' : ` · ELBO ${elbo.toFixed(2).replace('-', '−')}`;
  const how = state === 'running' ? `epoch ${epoch} of ${epochs}` : state;
  return `${id} · ${label === '' ? '' : `${label} `}seed ${seed} · ${how}${value}${cause === null ? '' : ` · ${cause}`}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
