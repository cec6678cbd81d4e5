import { DEALT, type RecordedVerdict } from '../../store/verdicts.ts';
import { formatDate, formatDuration } from '../format.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import { placeText } from '../../text/describe-judged.ts';
import { formatValue } from '../../text/format-value.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf } from '../layout/grid.ts';
import type { Column } from '../../analysis/table.ts';
import { shortBits } from './bit-class-text.ts';
import { describeData } from '../data-text.ts';
import { renderLearningCurves } from './learning-curves.ts';
import { marksTexts } from './marks-text.ts';
import { remainingWarnings, trainedHow } from './shortfall-text.ts';
import { describeVerdict, verdictStyle } from './verdict-text.ts';
import { describeObjective } from '../../model/objective.ts';
import { isNeutral } from '../../model/parameters.ts';
import { quantityOf } from '../../metrics/index.ts';
import type { TrialDetail } from '../../analysis/trial/show.ts';
import type { BestTrial } from '../../analysis/trial/sweep-overview.ts';
import { marked, nextLine, styled, wrap, type Layout } from '../layout/text.ts';
import { plain } from '../../text/printable.ts';
import { saidOf, sampleNoun } from '../../text/sample-noun.ts';
import { trainedOn } from '../../analysis/trained-on.ts';
import { phaseText, proposalText, runText, timeText } from './origin-text.ts';

/** One trial for a terminal: configuration, metrics, learning curve, latent code, attempts, files, commands that lead on. */
export function renderTrial(
  detail: TrialDetail,
  layout: Layout,
  { next = [], place }: { readonly next?: readonly string[]; readonly place?: string } = {},
): string {
  const { trial, attempts, rungs, files, bitClass, run } = detail;
  const note = (text: string): string => wrap(text, layout.columns, '   ', ' ');
  const { planned_epochs: epochs, batch_size, clip_norm } = trainedOn(trial);
  const config = { ...trial.params, epochs, batch_size, ...(clip_norm !== null && { clip_norm }) };
  const facts = [
    trial.epochs === 0 ? undefined : `${trial.epochs} of ${epochs} epochs in ${timeText(trial)}`,
    trial.device === null ? undefined : `on ${plain(trial.device)}`,
    bitClass === null ? undefined : `by ${plain(bitClass)}`,
    trial.trainableWeights === null ? undefined : `${formatNumber(trial.trainableWeights, 0)} trainable weights`,
    trial.reusedFrom === null ? undefined : `taken over from sweep ${plain(trial.reusedFrom)}`,
    trial.inPlan ? undefined : 'outside the present plan',
  ].filter((fact) => fact !== undefined);
  const isTold = trial.state === 'failed' || trial.state === 'diverged';
  // At beta 1 and nothing else it is the negative ELBO, and goes without saying.
  const minimised = describeObjective(trial.config.parameters);
  const blocks = [
    [
      styled(layout, 'bold', wrap(trialTitle(detail), layout.columns, '  ', '')),
      ...(place === undefined ? [] : [note(place)]),
      ...marksTexts(trial).map(note),
      verdictLine(detail, layout),
      ...(trial.cause === null || isTold ? [] : [marked(layout, 'yellow', ' !', plain(trial.cause))]),
      ...remainingWarnings(detail).map((text) => marked(layout, 'yellow', ' !', plain(text))),
      note(
        Object.entries(config)
          .filter(([name, value]) => !isNeutral(name, value))
          .map(([name, value]) => `${name} ${formatValue(value)}`)
          .join(', '),
      ),
      ...(minimised === 'D + R' ? [] : [note(`minimised ${minimised}`)]),
      ...(facts.length === 0 ? [] : [note(facts.join(', '))]),
      ...(run === null ? [] : [note(runText(run))]),
      ...(detail.trial.wentOnFrom == null
        ? []
        : [
            note(
              `went on from trial ${detail.trial.wentOnFrom} after epoch ${detail.trial.wentOnAfter ?? 0}, which this one's epochs up to there are from`,
            ),
          ]),
      ...phaseText(detail.trial).map(note),
      ...(detail.proposal === null ? [] : [note(proposalText(detail.proposal))]),
    ],
    metricsTable(detail, layout),
    [...renderLearningCurves(detail, layout), ...latentCode(detail).map(note)],
    rungs.length === 0
      ? []
      : [styled(layout, 'bold', ' rungs'), ...rungs.map((rung) => note(describeRung(rung, rungs)))],
    attempts.length === 0
      ? []
      : [styled(layout, 'bold', ' attempts'), ...attemptsTable(detail, layout), ...lateEndsText(detail).map(note)],
    files.length === 0 ? [] : [styled(layout, 'bold', ' files'), ...files.map((file) => ` ${plain(file)}`)],
    next.length === 0 ? [] : [nextLine(next, layout.columns, ' ')],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function trialTitle({ trial }: TrialDetail): string {
  const data = describeData(trainedOn(trial), sampleNoun(trial.config.dataset.own));
  return `${trial.id} · ${plain(trial.sweep)} · ${trial.state} · seed ${trial.seed} · ${data}`;
}

function metricsTable({ trial, last }: TrialDetail, layout: Layout): string[] {
  const known = new Set([...Object.keys(trial.metrics), ...Object.keys(last?.metrics ?? {})]);
  // Held out first: what the sweep is ranked by.
  const names = [...known].sort((a, b) => splitOrder(a) - splitOrder(b));
  if (names.length === 0) return [];
  const column = columnsOf(names);
  const values = (header: string, metrics: Readonly<Record<string, number>>): Column =>
    column(header, 0, (name) => {
      const value = metrics[name];
      return value === undefined ? null : { kind: 'number', value, decimals: quantityOf(name).decimals };
    });
  const columns = [
    column('metric', 0, (name) => name),
    ...(trial.bestEpoch === null ? [] : [values(`best, epoch ${trial.bestEpoch}`, trial.metrics)]),
    ...(last === null || last.epoch === trial.bestEpoch ? [] : [values(`last, epoch ${last.epoch}`, last.metrics)]),
    column('unit', 1, (name) => saidOf(sampleNoun(trial.config.dataset.own), quantityOf(name).unit)),
  ];
  return [renderFitted(columns, layout, '--json').text];
}

function splitOrder(name: string): number {
  return ['val/', 'test/', 'train/'].findIndex((split) => name.startsWith(split));
}

/** `the best by val/elbo: of 2 seeds of #1 of 10 configurations`. */
export function bestPlace({ metric, seeds, configurations }: BestTrial): string {
  const leader = configurations === 1 ? 'the only configuration' : `#1 of ${count(configurations, 'configuration')}`;
  return `best by ${metric}: ${seeds === 1 ? 'the one seed' : `the best of ${seeds} seeds`} of ${leader}`;
}

const VERDICT_SIGNS = { green: ' ✓', red: ' ✗', yellow: ' !' } as const;

/** The verdict with its evidence, behind a sign in its colour. */
function verdictLine({ verdict, trial }: TrialDetail, layout: Layout): string {
  const style = verdictStyle(verdict.kind);
  const text = describeVerdict(verdict, trainedHow(trial), sampleNoun(trial.config.dataset.own));
  if (style === undefined || !(style in VERDICT_SIGNS)) return wrap(text, layout.columns, '   ', ' ');
  return marked(layout, style, VERDICT_SIGNS[style as keyof typeof VERDICT_SIGNS], text);
}

/** KL per latent dimension, largest first: how many dimensions carry the code, and how much. */
function latentCode({ trial: { klPerDimension } }: TrialDetail): string[] {
  if (klPerDimension === null || klPerDimension.length === 0) return [];
  const sorted = klPerDimension.toSorted((a, b) => b - a).map((value) => formatNumber(value, 2));
  return [`KL by latent dimension: ${sorted.join(' ')}`];
}

/** `superseded, not counted: attempt 1 on b/cpu told of its end (completed, epoch 3, val/elbo -151.07) on 5 May 14:02`. */
function lateEndsText({ lateEnds, curve: { metric } }: TrialDetail): string[] {
  return lateEnds.map(({ attempt, device, toldAt, outcome, cause, epoch, metrics }) => {
    const value = metrics[metric];
    const facts = [
      outcome,
      ...(epoch === 0 ? [] : [`epoch ${epoch}`]),
      ...(value === undefined ? [] : [`${metric} ${formatNumber(value, quantityOf(metric).decimals)}`]),
      ...(cause === null ? [] : [cause]),
    ];
    return plain(
      `superseded, not counted: attempt ${attempt} on ${device} told of its end (${facts.join(', ')}) on ${formatDate(toldAt)}`,
    );
  });
}

/** `after epoch 3: val/elbo -150.31, place 9 of 21: pruned`; of a configuration, whose seeds are judged together. */
function describeRung(judged: RecordedVerdict, all: readonly RecordedVerdict[]): string {
  const { cohort, rung, epoch, metric, value, place, among, verdict } = judged;
  if (rung === DEALT) {
    const how = place === among ? 'trained to the end' : `judged after epoch ${epoch} for the first time`;
    return `bracket ${place} of ${among}: ${how}`;
  }
  const dealt = all.find((row) => row.rung === DEALT && row.pruning === judged.pruning && row.cohort === cohort);
  const which = placeText({
    cohort,
    bracket: dealt === undefined ? null : { place: dealt.place!, among: dealt.among! },
  });
  if (verdict === 'not judged') return `${which}after epoch ${epoch}: not judged, since beta or capacity still rose`;
  const mean = value === null ? 'a seed was lost' : `${metric} ${formatNumber(value, quantityOf(metric).decimals)}`;
  return `${which}after epoch ${epoch}: ${mean}, place ${place} of ${among}: ${verdict === 'pruned' ? 'pruned' : 'goes on'}`;
}

function attemptsTable({ attempts }: TrialDetail, layout: Layout): string[] {
  const column = columnsOf(attempts);
  const columns = [
    column('#', 0, ({ attempt }) => String(attempt)),
    column('device', 0, ({ device }) => plain(device ?? '')),
    column('engine', 1, ({ engine }) => plain(engine ?? '')),
    ...(attempts.some(({ bitClass }) => bitClass !== null)
      ? [column('bits', 3, ({ bitClass }) => (bitClass === null ? '' : shortBits(bitClass)))]
      : []),
    column('started', 2, ({ startedAt }) => formatDate(startedAt)),
    column('took', 0, ({ startedAt, endedAt }) => {
      return endedAt === null ? '' : formatDuration((endedAt.getTime() - startedAt.getTime()) / 1000);
    }),
    column('outcome', 0, ({ outcome, endedAt }) => plain(outcome ?? (endedAt === null ? 'open' : ''))),
  ];
  const causes = attempts.flatMap(({ attempt, cause }) => {
    return cause === null ? [] : [wrap(plain(cause), layout.columns, '   ', ` ${attempt}: `)];
  });
  return [renderFitted(columns, layout, '--json').text, ...causes];
}
