/** What is said of a run while it goes on, in whatever view. */
import { countStates, doneCount } from '../../analysis/progress/count-states.ts';
import type { Wait } from '../../analysis/progress/progress-state.ts';
import type { PreparationStep, SchedulerEvent } from '../../scheduler/events.ts';
import { describeWait } from '../../text/describe-wait.ts';
import { count, tally } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { shortId } from '../format.ts';

/** What a run does before its trials train. */
export const PREPARATIONS: Readonly<Record<PreparationStep, string>> = {
  data: 'reading the data',
  plan: 'recording the plan',
  devices: 'starting devices: each loads its engine and proves it by a small training',
};

/** `waiting for 2 trials that sweep other trains right now`, `paused: the disk is full`. */
export function describeWaiting(wait: Wait): string {
  return 'trouble' in wait ? `paused: ${wait.trouble}` : describeWait(wait)!;
}

/** What the user must hear of even beside a live picture: where a run starts from, warnings, a stop. */
export function announcement(event: SchedulerEvent): string | undefined {
  if (event.type === 'planned') return describePlan(event);
  if (event.type === 'stopping') return describeStop(event);
  if (event.type === 'test_failed') {
    return `✗ trial ${shortId(event.trial)} could not be evaluated on the test split: ${plain(event.cause)}`;
  }
  // A stop was announced, and asked for.
  if (event.type === 'requeued' && event.cause !== 'interrupted') {
    return `! trial ${shortId(event.trial)} is queued again: ${plain(event.cause)}`;
  }
  if (event.type === 'log' && (event.level === 'warn' || event.level === 'error')) {
    const [message = ''] = event.message.split('\n', 1);
    const about = event.trial === null ? '' : `trial ${shortId(event.trial)}: `;
    return `! ${about}${plain(message)}${event.excerpt === undefined ? '' : `\n${event.excerpt}`}`;
  }
  return undefined;
}

function describeStop({ now, running }: Extract<SchedulerEvent, { type: 'stopping' }>): string {
  if (now) return 'Stopping now. Running trials go on from their last checkpoint next time.';
  if (running === 0) return 'Stopping.';
  const trials = running === 1 ? '1 running trial ends at its' : `${running} running trials end at their`;
  return `Stopping: ${trials} last checkpoint. Ctrl-C again stops now.`;
}

function describePlan({ change, snapshot }: Extract<SchedulerEvent, { type: 'planned' }>): string {
  const { sweep, trials } = snapshot;
  const counts = countStates(trials, snapshot.sweep.plannedTrials);
  const { created, added, dropped, recovered, retried, reused } = change;
  const facts = created
    ? [count(counts.total, 'trial')]
    : [
        `${doneCount(counts)} of ${count(counts.total, 'trial')} done`,
        ...tally({
          diverged: counts.diverged,
          new: added,
          'no longer in the plan, kept aside': dropped,
          'left running by a coordinator that is gone, queued again': recovered,
          'failed before, tried again': retried,
        }),
      ];
  facts.push(...tally({ 'taken over from another sweep': reused }));
  return `${created ? '' : 'Going on with '}${sweep.name}: ${facts.join(', ')}`;
}
