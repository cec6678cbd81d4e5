import type { TrialRecord } from '../../store/read-model.ts';
import { valueOf } from '../../model/parameter.ts';
import { latentDim } from '../../model/parameters.ts';

/** A trial's code carries nothing when its rate is below this many nats and no latent dimension is active. */
export const COLLAPSED_KL_NATS = 0.1;

/** Where active units were not counted: a dimension of less KL than this, in nats, says nothing. */
const USED_KL_NATS = 0.01;

/** Latent dimensions that carry the code, of all. That a strong β leaves some out is what it is there for, and no fault. */
export interface LatentUse {
  readonly used: number;
  readonly of: number;
}

/**
 * By active units (Burda et al. 2016, section 5.2); without them (nothing held out, or a single image) by the KL of each
 * dimension. Null where neither is known.
 */
export function latentUse({ metrics, klPerDimension, config }: TrialRecord): LatentUse | null {
  const of = valueOf(config.parameters, latentDim);
  const active = metrics['val/active_units'];
  if (active !== undefined) return { used: active, of };
  if (klPerDimension === null || klPerDimension.length === 0) return null;
  return { used: klPerDimension.filter((kl) => kl > USED_KL_NATS).length, of };
}

/**
 * The rate of a completed trial whose code is not used at all (posterior collapse); undefined where it is. A few active
 * units are enough: what a few dimensions carry, β may have chosen. Where held-out images can't tell which are active
 * (there are none, or one), the training images' rate does.
 */
export function collapsedRate({ state, metrics }: TrialRecord): number | undefined {
  const active = metrics['val/active_units'];
  const kl = active === undefined ? metrics['train/kl'] : metrics['val/kl'];
  const isUnused = state === 'completed' && kl !== undefined && kl < COLLAPSED_KL_NATS && (active ?? 0) === 0;
  return isUnused ? kl : undefined;
}
