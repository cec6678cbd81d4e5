import { describeParams } from '../../analysis/parameters.ts';
import type { Region, ReportModel, Warning } from '../../analysis/report/report-model.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../analysis/trial/verdict.ts';
import { verdictName } from '../trial/verdict-text.ts';
import { weightsRemedy } from '../../analysis/trial/lost-weights.ts';
import { describeMixedClasses } from '../trial/bit-class-text.ts';
import { quantityOf } from '../../metrics/index.ts';
import { plain } from '../../text/printable.ts';
import type { SampleNoun } from '../../text/sample-noun.ts';
import type { TrialId } from '../../trial/trial.ts';
import { shortIds } from '../format.ts';
import { describeSelection } from '../scope-text.ts';
import { describeFall, describeShortfall, FALL_ADVICE, shortfallAdvice } from '../trial/shortfall-text.ts';

/** One plain sentence, without the ids of many trials. */
export function describeWarning(
  warning: Warning,
  { metric, idLength, noun }: Pick<ReportModel, 'metric' | 'idLength' | 'noun'>,
): string {
  const { trials } = warning;
  const amount = count(trials.length, 'trial');
  const example = trials.length === 1 ? '' : 'e.g. ';
  const where = 'region' in warning ? describeRegion(warning, trials, idLength) : '';
  switch (warning.kind) {
    case 'diverged':
    case 'failed': {
      const cause = plain(warning.cause ?? 'no cause recorded');
      return `${amount} ${warning.kind}${where} (${warning.isOneCause ? '' : 'e.g. '}${cause})`;
    }
    case 'weights_lost': {
      const { file, problem, trial, takenFrom } = warning.first;
      return `${amount} completed, but without weights${where} (${example}${plain(file)} ${problem})${weightsRemedy(trial, takenFrom)}`;
    }
    case 'worse_than_constant':
    case 'hardly_learnt': {
      const what = warning.kind === 'hardly_learnt' ? 'hardly learnt anything' : `ended worse than a constant ${noun}`;
      const worst = `${trials.length === 1 ? '' : 'at worst '}${describeShortfall(warning.worst, noun)}`;
      return `${amount} ${what}${where} (${worst}); ${shortfallAdvice(warning.worst, warning)}`;
    }
    case 'worse_after_best':
      return `${amount} got worse than a constant ${noun} after the best epoch${where} (${example}${describeFall(warning.first, noun)}); ${FALL_ADVICE}`;
    case 'collapsed': {
      const units = warning.areUnitsCounted ? ', no active unit' : '';
      return `${amount} collapsed${where} (KL below ${formatNumber(warning.klBelow, 1)} nats${units}: the latent code is not used)`;
    }
    case 'verdicts':
      return describeVerdicts(warning.counts, noun);
    case 'chosen_by_result':
      return describeSelection(warning.keys);
    case 'unfinished':
      return `${amount} ${trials.length === 1 ? 'is' : 'are'} not finished yet: the order may still change`;
    case 'seeds_lost':
      return warning.isEvery
        ? `every configuration lost seeds: they are ranked by what is left, which says nothing of ${metric} where they diverge or fail`
        : `${count(warning.configurations, 'configuration')} lost seeds and ${warning.configurations === 1 ? 'is' : 'are'} ranked last, whatever the seeds that are left say`;
    case 'seeds_missing':
      return `the best rests on ${warning.completed} of its ${count(warning.planned, 'seed')}`;
    case 'few_seeds':
      return describeFewSeeds(warning, metric);
    case 'bit_classes':
      return describeMixedClasses(warning.classes);
  }
}

/** `15 trials undertrained (…), 2 overfitting (…), 3 healthy; …`. */
function describeVerdicts(counts: Extract<Warning, { kind: 'verdicts' }>['counts'], noun: SampleNoun): string {
  const parts = VERDICT_KINDS.flatMap((kind) => {
    const amount = counts[kind];
    return amount === undefined ? [] : [{ amount, what: `${verdictName(kind, noun)}${MEANINGS[kind] ?? ''}` }];
  });
  const texts = parts.map(({ amount, what }, index) => {
    return `${index === 0 ? count(amount, 'trial') : formatCount(amount)} ${what}`;
  });
  return texts.join(', ');
}

const MEANINGS: Partial<Record<VerdictKind, string>> = {
  undertrained: ' (the ELBO still rises at the end: more epochs may change the order)',
  overfitting: ' (val/elbo fell from its best while train/elbo rose)',
  unstable: ' (both ELBOs fell from their best)',
  too_short: ' (fewer than 4 epochs)',
};

/** What follows `2 trials failed`: the trial, or the region that several share with the first of them. */
function describeRegion({ region, seed }: Region, trials: readonly TrialId[], idLength: number | undefined): string {
  const parameters = describeParams(region);
  const ids = shortIds(trials, idLength);
  if (seed !== null) return `: ${[ids, parameters, `seed ${seed}`].filter((part) => part !== '').join(' ')}`;
  return parameters === '' ? `: ${ids}` : `, all with ${parameters}: ${ids}`;
}

function describeFewSeeds({ seeds, isAtMost, least }: Extract<Warning, { kind: 'few_seeds' }>, metric: string): string {
  const { decimals } = quantityOf(metric);
  const each = `${isAtMost ? 'at most ' : ''}${seeds < 2 ? 'one seed' : 'two seeds'} each`;
  const told =
    seeds < 2
      ? `without a second, no difference in ${metric} can be told from chance`
      : least === null
        ? `few differences in ${metric} can be told from chance`
        : `a difference in ${metric} must be about ${formatNumber(Math.max(least, 10 ** -decimals), decimals)} or more to be told from chance`;
  return `${each}: ${told} (5 or more are better)`;
}
