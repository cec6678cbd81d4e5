import type { ModelShape } from '../model/architecture.ts';
import type { EmbeddedDecoder } from './embedded-decoder.ts';

/** What "drag the latents" needs, as JSON in the page. */
export interface LatentsData {
  /** Ascending in β; all else is the best configuration's. */
  readonly decoders: readonly LatentsDecoder[];
  /** Which of them is the best configuration's. */
  readonly best: number;
  /** Held-out images (training ones where none are held out), bytes in base64, one after another; empty where they are gone. */
  readonly originals: string;
  /** What models are told: all labels, and of each original its place among them; null where they are told nothing. */
  readonly labels: { readonly names: readonly string[]; readonly ofOriginals: readonly number[] } | null;
  /** βs that were trained and are not here, and why. */
  readonly missing: readonly { readonly beta: number; readonly why: 'size' | 'weights' }[];
}

/** Why there is nothing to drag: a clause. */
export interface NoLatents {
  readonly problem: string;
}

export interface LatentsDecoder extends EmbeddedDecoder {
  readonly trial: string;
  readonly seed: number;
  readonly beta: number;
  /** Mean KL of each latent, nats per image; null where nothing was held out. */
  readonly kl: readonly number[] | null;
  /** Posterior means of the originals, in their order. */
  readonly codes: readonly (readonly number[])[];
  /**
   * Largest difference of a pixel in [0, 1] from what the unrounded weights decode, over the originals' codes and draws from
   * the prior.
   */
  readonly rounding: number;
}

/** Indices of the latents, the one that carries most first. */
export function byKl({
  kl,
  model,
}: Pick<LatentsDecoder, 'kl'> & { readonly model: Pick<ModelShape, 'latentDim'> }): number[] {
  const order = Array.from({ length: model.latentDim }, (_, j) => j);
  return kl === null ? order : order.sort((a, b) => kl[b]! - kl[a]!);
}
