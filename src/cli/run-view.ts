import { count } from '../format-number.ts';
import { shortId } from '../render/format.ts';
import { countStates, doneCount } from '../analysis/count-states.ts';
import { plain } from '../printable.ts';
import type { Wait } from '../analysis/progress.ts';
import { describeWait } from '../scheduler/describe-wait.ts';
import type { SchedulerEvent } from '../scheduler/events.ts';

/** How a run is shown while it goes on. Disposing of it leaves the terminal as it was. */
export interface RunView extends Disposable {
  observe(event: SchedulerEvent): void;
}

/** `--quiet`: nothing before the final line. */
export const QUIET_VIEW: RunView = { observe: () => undefined, [Symbol.dispose]: () => undefined };

/** `waiting for 2 trials that sweep other trains right now`, `paused: the disk is full`. */
export function describeWaiting(wait: Wait): string {
  return 'trouble' in wait ? `paused: ${wait.trouble}` : describeWait(wait)!;
}

/** What the user must hear of even beside a live picture: where a run starts from, warnings, a stop. */
export function announcement(event: SchedulerEvent): string | undefined {
  switch (event.type) {
    case 'planned':
      return describePlan(event);
    case 'stopping':
      if (event.now) return 'Stopping now. Running trials go on from their last checkpoint next time.';
      if (event.running === 0) return 'Stopping.';
      return `Stopping: ${event.running === 1 ? '1 running trial ends at its' : `${event.running} running trials end at their`} last checkpoint. Ctrl-C again stops now.`;
    case 'requeued':
      // A stop was announced, and asked for.
      if (event.cause === 'interrupted') return undefined;
      return `! trial ${shortId(event.trial)} is queued again: ${plain(event.cause)}`;
    case 'test_failed':
      return `✗ trial ${shortId(event.trial)} could not be evaluated on the test split: ${plain(event.cause)}`;
    case 'log':
      if (event.level !== 'warn' && event.level !== 'error') return undefined;
      return `! ${event.trial === null ? '' : `trial ${shortId(event.trial)}: `}${plain(event.message.split('\n', 1)[0]!)}${event.excerpt === undefined ? '' : `\n${event.excerpt}`}`;
    case 'downloading':
    case 'devices':
    case 'dispatched':
    case 'started':
    case 'epoch':
    case 'progress':
    case 'finished':
    case 'waiting':
    case 'storage':
    case 'test_phase':
    case 'test_dispatched':
    case 'tested':
      return undefined;
  }
}

function describePlan({ change, snapshot }: Extract<SchedulerEvent, { type: 'planned' }>): string {
  const { sweep, trials } = snapshot;
  const counts = countStates(trials);
  const facts = change.created
    ? [count(counts.total, 'trial')]
    : [
        `${doneCount(counts)} of ${count(counts.total, 'trial')} done`,
        ...(counts.diverged > 0 ? [`${counts.diverged} diverged`] : []),
        ...(change.added > 0 ? [`${change.added} new`] : []),
        ...(change.dropped > 0 ? [`${change.dropped} no longer in the plan, kept aside`] : []),
        ...(change.recovered > 0
          ? [`${change.recovered} left running by a coordinator that is gone, queued again`]
          : []),
        ...(change.retried > 0 ? [`${change.retried} failed before, tried again`] : []),
      ];
  if (change.reused > 0) facts.push(`${change.reused} taken over from another sweep`);
  return `${change.created ? '' : 'Going on with '}${sweep.name}: ${facts.join(', ')}`;
}
