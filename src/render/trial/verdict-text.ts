/** A verdict in words, with the numbers it rests on. */
import type { LatentUse } from '../../analysis/trial/collapse.ts';
import { rises, type Trend, type TrialVerdict, type VerdictKind } from '../../analysis/trial/verdict.ts';
import { formatNumber } from '../../text/format-number.ts';
import { quantityOf } from '../../metrics/index.ts';
import { plain } from '../../text/printable.ts';
import { saidOf, type SampleNoun } from '../../text/sample-noun.ts';
import { formatP, formatSigned } from '../format.ts';
import { describeFall, describeShortfall, FALL_ADVICE, shortfallAdvice, type TrainedHow } from './shortfall-text.ts';
import type { Style } from '../layout/text.ts';

/** `worse than a constant image`, `undertrained`. */
export function verdictName(kind: VerdictKind, noun: SampleNoun): string {
  return saidOf(noun, NAMES[kind] ?? kind);
}

const NAMES: Partial<Record<VerdictKind, string>> = {
  worse_than_constant: 'worse than a constant image',
  worse_after_best: 'got worse than a constant image after the best epoch',
  hardly_learnt: 'hardly learnt',
  too_short: 'too short to judge',
};

/** What a verdict is drawn in; nothing for what neither praises nor blames. */
export function verdictStyle(kind: VerdictKind): Style | undefined {
  if (kind === 'healthy') return 'green';
  if (kind === 'failed' || kind === 'diverged') return 'red';
  return kind === 'unfinished' || kind === 'pruned' || kind === 'too_short' ? undefined : 'yellow';
}

/** One or two sentences. */
export function describeVerdict(verdict: TrialVerdict, trained: TrainedHow, noun: SampleNoun): string {
  const evidence = evidenceOf(verdict, trained, noun);
  const latents = verdict.kind === 'collapsed' ? '' : describeLatents(verdict.latents);
  const name = verdict.kind === 'unfinished' ? verdict.state : verdictName(verdict.kind, noun);
  return [`${name}${evidence === '' ? '' : `: ${evidence}`}`, latents].filter((part) => part !== '').join('. ');
}

function evidenceOf(verdict: TrialVerdict, trained: TrainedHow, noun: SampleNoun): string {
  switch (verdict.kind) {
    case 'unfinished':
      return 'it is judged at its end';
    case 'pruned':
      return 'it goes on with `sweep run SPEC --revive TRIAL`, or where `prune` is another';
    case 'failed':
    case 'diverged':
      return plain(verdict.cause ?? 'no cause recorded');
    case 'worse_than_constant':
      return `${describeShortfall(verdict.shortfall, noun)}; ${shortfallAdvice(verdict.shortfall, trained)}`;
    case 'hardly_learnt': {
      const { shortfall, trend } = verdict;
      const pace = trend !== null && rises(trend) ? `, and rises by ${describePace(trend)}` : '';
      return `${describeShortfall(shortfall, noun)}${pace}; ${shortfallAdvice(shortfall, trained)}`;
    }
    case 'worse_after_best':
      return `${describeFall(verdict.fall, noun)}; ${FALL_ADVICE}`;
    case 'collapsed':
      return `KL ${nats(verdict.kl)} nats and no latent in use: the decoder ignores the code; usually a smaller beta helps`;
    case 'overfitting': {
      const { nats: fall, bestEpoch, epochs, trainNats } = verdict.decline;
      return (
        `val/elbo fell by ${nats(fall)} nats from epoch ${bestEpoch} to the last of ${epochs}, while train/elbo rose by ` +
        `${nats(trainNats)}; the best epoch counts`
      );
    }
    case 'unstable': {
      const { nats: fall, bestEpoch, epochs, trainNats } = verdict.decline;
      return (
        `val/elbo fell by ${nats(fall)} nats from epoch ${bestEpoch} to the last of ${epochs}, and train/elbo by ` +
        `${nats(-trainNats)}; ${FALL_ADVICE}`
      );
    }
    case 'undertrained':
      return `${verdict.trend.metric} still rises by ${describePace(verdict.trend)}: more epochs get further`;
    case 'too_short':
      return `${verdict.epochs} epochs, no fault in their figures`;
    case 'healthy':
      return healthyEvidence(verdict);
  }
}

function healthyEvidence({ trend, decline }: Extract<TrialVerdict, { kind: 'healthy' }>): string {
  if (decline !== null) {
    const { nats: fall, bestEpoch } = decline;
    return (
      `both ELBOs fell since epoch ${bestEpoch}, val/elbo by ${nats(fall)} nats, while the objective got better by ` +
      `${nats(-decline.objectiveNats)}: beta weighs the KL otherwise than the ELBO does; the best epoch counts`
    );
  }
  const unseen = trend.metric === 'train/elbo' ? '; whether it overfits is not known, as nothing was held out' : '';
  const pace = `${formatSigned(trend.natsPerEpoch, 3)} nats an epoch over the last ${trend.epochs}`;
  if (rises(trend)) return `${trend.metric} has levelled off (${pace})${unseen}`;
  return `${trend.metric} no longer rises by more than noise (${pace}, p ${formatP(trend.p)})${unseen}`;
}

/** `1.16 nats an epoch over the last 3 (p 0.008)`. */
function describePace({ natsPerEpoch, epochs, p }: Trend): string {
  return `${formatNumber(natsPerEpoch, natsPerEpoch < 0.1 ? 3 : 2)} nats an epoch over the last ${epochs} (p ${formatP(p)})`;
}

function describeLatents(latents: LatentUse | null): string {
  if (latents === null) return '';
  const { used, of } = latents;
  return `${used} of ${of} latents in use${used < of ? ', as beta may have it: no fault' : ''}`;
}

function nats(value: number): string {
  return formatNumber(value, quantityOf('val/elbo').decimals);
}

/** For a table's cell: `undertrained +1.16/epoch`. */
export function verdictInShort(verdict: TrialVerdict, noun: SampleNoun): string {
  const name = verdictName(verdict.kind, noun);
  if (verdict.kind === 'undertrained') return `${name} ${formatSigned(verdict.trend.natsPerEpoch, 2)}/epoch`;
  if (verdict.kind === 'overfitting' || verdict.kind === 'unstable') {
    return `${name} ${formatSigned(-verdict.decline.nats, 2)} since epoch ${verdict.decline.bestEpoch}`;
  }
  if (verdict.kind === 'collapsed') return `${name}, KL ${nats(verdict.kl)}`;
  return verdict.kind === 'unfinished' ? verdict.state : name;
}
