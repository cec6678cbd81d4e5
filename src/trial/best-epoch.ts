/** What is known of an epoch where it must be chosen: `elbo` is its `val/elbo`, null without validation images. */
export interface EpochScore {
  readonly epoch: number;
  readonly elbo: number | null;
}

/** A trial's best epoch has the highest `val/elbo`, the earlier one of equals; without validation images it is the last. */
export function isBetterEpoch(one: EpochScore, other: EpochScore): boolean {
  if (one.elbo === null) return other.elbo === null && one.epoch > other.epoch;
  if (other.elbo === null || one.elbo > other.elbo) return true;
  return one.elbo === other.elbo && one.epoch < other.epoch;
}
