/** What a trial's figures say of its training, with the evidence. */
import { mean, sum } from 'simple-statistics';
import type { CurvePoint, MetricCurves, TrialRecord } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import { collapsedRate, latentUse, type LatentUse } from './collapse.ts';
import { fallOf, hasHardlyLearnt, shortfallOf, type Fall, type Shortfall } from './shortfall.ts';
import { noiseOf, risingP, slopeOf } from '../statistics/trend.ts';

/** What a verdict is told from. */
export const VERDICT_METRICS = { held: 'val/elbo', trained: ['train/elbo', 'train/objective'] } as const;

/** Whether the verdict asks what training did, too: nothing was held out, or the best epoch is not among the last. */
export function needsTraining({ state, bestEpoch, epochs, config }: TrialRecord): boolean {
  const isFallen = bestEpoch !== null && bestEpoch <= epochs - END_EPOCHS;
  return state === 'completed' && (isFallen || config.dataset.validation === 0);
}

/** How an ELBO still moves at the end. */
export interface Trend {
  readonly metric: 'val/elbo' | 'train/elbo';
  /** Over the last `epochs`. */
  readonly natsPerEpoch: number;
  readonly epochs: number;
  /** That so many of the last epochs' pairs rise by chance, one-sided. */
  readonly p: number;
  /** In how many of the last epochs p looked for it. */
  readonly window: number;
}

/** How far `val/elbo` fell from its best epoch. */
export interface Decline {
  readonly bestEpoch: number;
  readonly epochs: number;
  /** From the best to the mean of the last three epochs. */
  readonly nats: number;
  /** Standard deviation of an epoch's `val/elbo` about a smooth curve. */
  readonly noise: number;
  /** What `train/elbo` gained meanwhile. */
  readonly trainNats: number;
  /** What `train/objective`, which training minimises, gained: below 0 is better. */
  readonly objectiveNats: number;
}

type Finding =
  /** Not at its end: nothing is told. */
  | { readonly kind: 'unfinished'; readonly state: TrialState }
  /** Its end, before its last epoch: what it would have come to isn't known. */
  | { readonly kind: 'pruned' }
  | { readonly kind: 'failed' | 'diverged'; readonly cause: string | null }
  /** As in shortfall.ts. */
  | { readonly kind: 'worse_than_constant'; readonly shortfall: Shortfall }
  | { readonly kind: 'hardly_learnt'; readonly shortfall: Shortfall; readonly trend: Trend | null }
  /** No latent dimension in use. */
  | { readonly kind: 'collapsed'; readonly kl: number }
  /** The best epoch is a result, and the last is below a constant image. */
  | { readonly kind: 'worse_after_best'; readonly fall: Fall }
  /** `val/elbo` fell while `train/elbo` rose; `unstable` where both fell, and the objective got worse. */
  | { readonly kind: 'overfitting' | 'unstable'; readonly decline: Decline }
  /** `val/elbo` still rises by more than noise (`train/elbo` where nothing is held out). */
  | { readonly kind: 'undertrained'; readonly trend: Trend }
  /** No fault found, but too few epochs to see one in the curve. */
  | { readonly kind: 'too_short'; readonly epochs: number }
  /** `decline`: both ELBOs fell while the objective got better, as a beta other than 1 may have it. */
  | { readonly kind: 'healthy'; readonly trend: Trend; readonly decline: Decline | null };

export type TrialVerdict = Finding & { readonly latents: LatentUse | null };
export type VerdictKind = TrialVerdict['kind'];

/** Worst first; of equals, what is the surer. */
export const VERDICT_KINDS = [
  'failed',
  'diverged',
  'worse_than_constant',
  'collapsed',
  'worse_after_best',
  'hardly_learnt',
  'unstable',
  'overfitting',
  'undertrained',
  'too_short',
  'healthy',
  'pruned',
  'unfinished',
] as const satisfies readonly VerdictKind[];

/** Four values that rise all have p = 0.042; with three, no order is rare enough. */
const LEAST_EPOCHS = 4;
const SIGNIFICANCE = 0.05;

/** Where a rise is looked for: the last quarter of the epochs, but 5 at least (4 say nothing once two change places) and 20 at most. */
const WINDOW = { part: 1 / 4, least: 5, most: 20 };

/**
 * What counts: a tenth more epochs, one at least, would bring so many nats at the present pace. Published ELBOs are given
 * to a tenth or a hundredth of a nat; less than this changes no order that seeds could tell.
 */
const GAIN_NATS = 0.1;

/**
 * How deep a fall counts: half a nat, and five standard deviations of an epoch. The best of n noisy epochs lies above their
 * mean by itself: with five, of 3,000 simulated curves that neither rose nor fell, of 5 to 300 epochs, under 2 % are taken
 * for a fall.
 */
const FALL = { nats: 0.5, deviations: 5 };
/** The end is the mean of so many epochs, of which none is the best. */
const END_EPOCHS = 3;
/** Noise is told from so many epochs at least, where there are as many. */
const NOISE_EPOCHS = 8;

/** The first of the kinds above that holds. `curves` has the metrics above. */
export function verdictOf(trial: TrialRecord, curves: MetricCurves): TrialVerdict {
  return { ...findingOf(trial, curves), latents: latentUse(trial) };
}

function findingOf(trial: TrialRecord, curves: MetricCurves): Finding {
  const { state, cause } = trial;
  if (state === 'failed' || state === 'diverged') return { kind: state, cause };
  if (state === 'pruned') return { kind: state };
  if (state !== 'completed') return { kind: 'unfinished', state };
  const shortfall = shortfallOf(trial.metrics);
  if (shortfall !== undefined && !hasHardlyLearnt(shortfall)) return { kind: 'worse_than_constant', shortfall };
  const kl = collapsedRate(trial);
  if (kl !== undefined) return { kind: 'collapsed', kl };
  const fall = fallOf(trial);
  if (fall !== undefined) return { kind: 'worse_after_best', fall };
  const trend = trendOf('val/elbo', curves) ?? trendOf('train/elbo', curves);
  if (shortfall !== undefined) return { kind: 'hardly_learnt', shortfall, trend: trend ?? null };
  const decline = declineOf(curves);
  if (decline !== undefined && decline.trainNats > 0) return { kind: 'overfitting', decline };
  if (decline !== undefined && decline.objectiveNats >= 0) return { kind: 'unstable', decline };
  if (trend === undefined) return { kind: 'too_short', epochs: trial.epochs };
  if (stillRises(trend, trial.epochs)) return { kind: 'undertrained', trend };
  return { kind: 'healthy', trend, decline: decline ?? null };
}

/** Undefined for too few epochs. */
function trendOf(metric: Trend['metric'], curves: MetricCurves): Trend | undefined {
  const curve = curves.get(metric) ?? [];
  if (curve.length < LEAST_EPOCHS) return undefined;
  const wanted = Math.ceil(curve.length * WINDOW.part);
  const window = curve.slice(-Math.min(WINDOW.most, Math.max(WINDOW.least, wanted))).map(({ value }) => value);
  // The pace of now: a curve that flattens has been faster.
  const epochs = Math.max(3, Math.ceil(window.length / 2));
  return { metric, natsPerEpoch: slopeOf(window.slice(-epochs)), epochs, p: risingP(window), window: window.length };
}

/** By more than noise, whether or not it matters. */
export function rises({ natsPerEpoch, p }: Trend): boolean {
  return p < SIGNIFICANCE && natsPerEpoch > 0;
}

function stillRises(trend: Trend, epochs: number): boolean {
  return rises(trend) && trend.natsPerEpoch * Math.max(1, epochs / 10) >= GAIN_NATS;
}

/** Undefined where `val/elbo` did not fall by more than noise. */
function declineOf(curves: MetricCurves): Decline | undefined {
  const val = curves.get('val/elbo') ?? [];
  const best = val.reduce((leader, point, index) => (point.value > val[leader]!.value ? index : leader), 0);
  if (val.length - 1 - best < END_EPOCHS) return undefined;
  const since = Math.max(0, Math.min(best, val.length - NOISE_EPOCHS));
  const noise = noiseOf(val.slice(since).map(({ value }) => value));
  const nats = val[best]!.value - endOf(val);
  if (nats < FALL.nats || nats < FALL.deviations * noise) return undefined;
  const bestEpoch = val[best]!.epoch;
  const gainOf = (name: string): number => {
    const curve = curves.get(name) ?? [];
    const then = curve.find(({ epoch }) => epoch === bestEpoch);
    return then === undefined ? 0 : endOf(curve) - then.value;
  };
  const [trainNats, objectiveNats] = [gainOf('train/elbo'), gainOf('train/objective')];
  return { bestEpoch, epochs: val.at(-1)!.epoch, nats, noise, trainNats, objectiveNats };
}

function endOf(curve: readonly CurvePoint[]): number {
  return mean(curve.slice(-END_EPOCHS).map(({ value }) => value));
}

/** How many there are of each kind, of those of which there are any, in the order of `VERDICT_KINDS`. */
export function countVerdicts(verdicts: Iterable<TrialVerdict>): Partial<Record<VerdictKind, number>> {
  const all = [...verdicts];
  const amounts = VERDICT_KINDS.map(
    (kind) => [kind, sum(all.map((verdict) => Number(verdict.kind === kind)))] as const,
  );
  return Object.fromEntries(amounts.filter(([, amount]) => amount > 0));
}
