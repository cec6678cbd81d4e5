import { median } from 'simple-statistics';
import type { Figure, Measurement, Target } from './bench-case.ts';

export interface Judgement {
  /** Medians. */
  readonly ours: number;
  readonly peer: number | null;
  /** Median over the pairs of the target's figure; of `ours` for a row without a target. */
  readonly judged: number;
  readonly verdict: 'aim' | 'minimum' | 'below' | 'informs';
}

/** A ratio is taken within each pair, so what slows the machine for a while slows both sides of it. */
export function judge({ ours, peer, target }: Measurement): Judgement {
  const medians = { ours: median([...ours]), peer: peer.length === 0 ? null : median([...peer]) };
  if (target === null) return { ...medians, judged: medians.ours, verdict: 'informs' };
  if (target.figure !== 'ours' && peer.length !== ours.length) throw new Error('each sample of ours needs its peer');
  const judged = median(ours.map((value, i) => figureOf(target.figure, value, peer[i] ?? NaN)));
  const verdict = reaches(judged, target, target.aim)
    ? 'aim'
    : reaches(judged, target, target.minimum)
      ? 'minimum'
      : 'below';
  return { ...medians, judged, verdict };
}

function figureOf(figure: Figure, ours: number, peer: number): number {
  switch (figure) {
    case 'ours':
      return ours;
    case 'peer/ours':
      return peer / ours;
    case 'ours/peer':
      return ours / peer;
    case 'ours-peer':
      return ours - peer;
  }
}

function reaches(judged: number, { sense }: Target, bound: number): boolean {
  switch (sense) {
    case 'at least':
      return judged >= bound;
    case 'at most':
      return judged <= bound;
    case 'within':
      return Math.abs(judged) <= bound;
  }
}
