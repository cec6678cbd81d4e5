/** What a run would do with the trials of a plan: all together, and each by itself. */
import type { SampleNoun } from '../../text/sample-noun.ts';
import type { Outlook } from '../../analysis/progress/outlook.ts';
import type { Prospect } from '../../analysis/progress/prospects.ts';
import { describeParams } from '../../analysis/parameters.ts';
import { count, formatCount } from '../../text/format-number.ts';
import type { PlannedSweep } from '../../plan-sweep.ts';
import { plain } from '../../text/printable.ts';
import type { TrialState } from '../../trial/state.ts';
import { sweptParameters } from '../../sweep-file/naming.ts';
import { outdatedNote } from '../data-text.ts';
import { shortId } from '../format.ts';

/** What a run would do with the trials, a line a kind. */
export function describeSteps(outlook: Outlook, noun: SampleNoun): string[] {
  const {
    kept,
    takenOver,
    toRun,
    confirmedBefore,
    resumed,
    retried,
    toTest,
    outside,
    trainedElsewhere,
    affordable,
    withinRungs,
    untilMet,
  } = outlook;
  const unknown = outlook.unknown - confirmedBefore;
  const ended = (state: TrialState): number => kept.filter(({ own }) => own?.state === state).length;
  const others = (['diverged', 'pruned'] as const).flatMap((state) =>
    ended(state) === 0 ? [] : [`, ${formatCount(ended(state))} of them ${state}`],
  );
  const sources = [...new Set(takenOver.map(({ source }) => plain(source)))].join(', ');
  const of = [
    ...(resumed > 0 ? [`${formatCount(resumed)} from ${resumed === 1 ? 'its' : 'their'} last checkpoint`] : []),
    ...(retried > 0 ? [`${formatCount(retried)} again after ${retried === 1 ? 'it' : 'they'} failed`] : []),
  ];
  const places = outlook.devices.map(({ label, slots }) => `${label} × ${count(slots, 'slot')}`).join(', ');
  const those = (trials: number, one: string, several: string): string => (trials === 1 ? one : several);
  const hasFinisher = kept.some(({ own }) => own?.state === 'completed');
  const firstOfRung =
    affordable === 0 ? '' : `: the best of a rung go on first${hasFinisher ? '' : ', and one of them to the end'}`;
  const lines = [
    kept.length > 0 && `${formatCount(kept.length)} already finished${others.join('')}`,
    takenOver.length > 0 && `${formatCount(takenOver.length)} to take over from ${sources}`,
    confirmedBefore > 0 &&
      `${formatCount(confirmedBefore)} or more of what is to confirm the best ${confirmedBefore === 1 ? 'has' : 'have'} a result already`,
    `${formatCount(toRun.length + unknown)} to run on ${places}${of.length === 0 ? '' : ` (${of.join(', ')})`}`,
    ...goingOn(outlook),
    ...outlook.anew,
    affordable < toRun.length + unknown &&
      `${withinRungs === null ? '' : 'about '}${formatCount(affordable)} of these ${untilMet === undefined ? 'within what is left of the budget' : `begin, since \`until\` has ended the sweep: ${untilMet}`}`,
    withinRungs !== null &&
      `the budget has room for ${formatCount(withinRungs.epochs)} of about ${count(withinRungs.of, 'epoch')}${firstOfRung}`,
    ...[...trainedElsewhere].map(
      ([sweep, trials]) =>
        `${formatCount(trials)} of these ${those(trials, 'is', 'are')} trained by ${plain(sweep)} right now: ` +
        `a run waits for ${those(trials, 'it, and takes it', 'them, and takes them')} over once complete`,
    ),
    toTest !== null && toTest > 0 && `${formatCount(toTest)} to evaluate on the test ${noun}s`,
    outside > 0 &&
      `${formatCount(outside)} more, outside this plan, stay as they are${outdatedNote(outside, outlook.outdated)}`,
    outlook.isRunning && 'This sweep is running: it can be run again when that run has ended.',
  ];
  return lines.filter((line) => line !== false);
}

/** `10 of 15 epochs each of 5 trials: they go on from epoch 5 of an earlier plan`. */
function goingOn({ toRun }: Outlook): string[] {
  const groups = Map.groupBy(
    toRun.filter(({ goesOnAfter }) => goesOnAfter > 0),
    ({ plan, goesOnAfter }) => `${plan.config.train.epochs - goesOnAfter} of ${plan.config.train.epochs} epochs`,
  );
  return [...groups].map(([left, { length, 0: first }]) => {
    const each = length === 1 ? 'of 1 trial: it goes on' : `each of ${formatCount(length)} trials: they go on`;
    return `${left} ${each} from epoch ${first!.goesOnAfter} of an earlier plan`;
  });
}

/** Every trial, a line each. */
export function trialLines({ spec }: PlannedSweep, { prospects, idLength }: Outlook): string[] {
  const names = sweptParameters(spec);
  return prospects.map((prospect) => {
    const { id, seed, config } = prospect.plan;
    const parameters = describeParams({ ...config.parameters, seed }, [...names, 'seed']);
    const fate = describeProspect(prospect);
    return `${shortId(id, idLength)}  ${parameters}${fate === '' ? '' : `  ${fate}`}`;
  });
}

function describeProspect({ step, source, own, resumes, goesOnAfter }: Prospect): string {
  switch (step) {
    case 'keep':
      return own?.state === 'completed' ? `finished in ${plain(source)}` : `${own!.state} in ${plain(source)}`;
    case 'take_over':
      return `finished in ${plain(source)}`;
    case 'retry':
      return 'failed before, to be tried again';
    case 'train':
      if (goesOnAfter > 0) return `to go on from epoch ${goesOnAfter} of an earlier plan`;
      return resumes ? 'to go on from its last checkpoint' : '';
  }
}
