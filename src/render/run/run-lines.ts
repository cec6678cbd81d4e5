/** A run as lines of a log: what happened, and how far it is. */
import { describeParams } from '../../analysis/parameters.ts';
import { doneCount } from '../../analysis/progress/count-states.ts';
import { eta } from '../../analysis/progress/progress.ts';
import type { ProgressState } from '../../analysis/progress/progress-state.ts';
import { severeShortfall } from '../../analysis/trial/shortfall.ts';
import { quantityOf } from '../../metrics/index.ts';
import type { SchedulerEvent } from '../../scheduler/events.ts';
import { describeJudged } from '../../text/describe-judged.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { formatEta, shortId } from '../format.ts';
import { announcement, describeWaiting, PREPARATIONS } from './run-texts.ts';
import { describeShortfall } from '../trial/shortfall-text.ts';

/** `18:02:52 done    5aa1ff val/elbo=-87.30 beta=1 seed=1`, in local time. */
export function logLineAt(at: Date, kind: string, text: string): string {
  return `${at.toTimeString().slice(0, 8)} ${kind.padEnd(7)} ${text}`;
}

/** What is worth a line: its kind, and the rest. */
export function describeEvent(
  state: ProgressState,
  event: SchedulerEvent,
  before: ProgressState,
): readonly [kind: string, text: string] | undefined {
  if (event.type === 'devices') {
    const devices = event.devices.map(({ label, slots, healthy }) => `${label} × ${slots}${healthy ? '' : ' (lost)'}`);
    return ['devices', devices.join(', ') || 'none yet'];
  }
  if (event.type === 'judged') return ['judged', describeJudged(event)];
  if (event.type === 'chosen') {
    const { configurations, of, trials } = event;
    const these = configurations === 1 ? 'is' : 'are';
    return [
      'chosen',
      `${formatCount(configurations)} of ${count(of, 'configuration')} ${these} confirmed by ${count(trials.length, 'more trial')}`,
    ];
  }
  // Its rung has said it.
  if (event.type === 'finished' && event.state === 'pruned') return undefined;
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

/** That a trial began, which a run's own lines leave out. */
export function describeStart(
  { trials, swept }: ProgressState,
  { trial: id, device }: Extract<SchedulerEvent, { type: 'dispatched' }>,
): readonly [kind: string, text: string] {
  const trial = trials.get(id);
  const where = trial === undefined ? '' : describeParams({ ...trial.params, seed: trial.seed }, [...swept, 'seed']);
  return ['running', [shortId(id), where, ...(device === '' ? [] : [`on ${device}`])].join(' ')];
}

function describeEnd(state: ProgressState, event: Extract<SchedulerEvent, { type: 'finished' }>): string {
  const trial = state.trials.get(event.trial);
  const { metric } = state.objective;
  const value = event.summary?.metrics[metric];
  const shortfall = event.summary && severeShortfall(event.summary.metrics);
  const noun = sampleNoun(trial?.config.dataset.own);
  return [
    shortId(event.trial),
    ...(value === undefined ? [] : [`${metric}=${formatNumber(value, quantityOf(metric).decimals)}`]),
    ...(trial === undefined ? [] : [describeParams({ ...trial.params, seed: trial.seed }, [...state.swept, 'seed'])]),
    ...(event.cause === null ? [] : [`(${plain(event.cause)})`]),
    ...(shortfall === undefined ? [] : [`(worse than a constant ${noun}: ${describeShortfall(shortfall, noun)})`]),
    ...(event.reusedFrom === undefined ? [] : [`(taken over from sweep ${plain(event.reusedFrom)})`]),
  ].join(' ');
}

/** `5/20 done, 2 running, 0 failed, ETA 4 min (3–6)`. */
export function describeStatus(state: ProgressState): string {
  const { counts, download } = state;
  if (counts.total === 0) {
    if (download !== null) return `downloading ${download.file}`;
    return state.preparing === null ? 'preparing' : PREPARATIONS[state.preparing.step];
  }
  const left = eta(state);
  const facts = [
    `${doneCount(counts)}/${counts.total} done`,
    `${counts.running} running`,
    `${counts.failed + counts.diverged} failed`,
    ...(state.preparing === null ? [] : [PREPARATIONS[state.preparing.step]]),
    ...(state.wait === null ? [] : [describeWaiting(state.wait)]),
  ];
  return `${facts.join(', ')}${left === null ? '' : `, ETA ${formatEta(left)}`}`;
}
