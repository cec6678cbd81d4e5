import type { TrainSettings } from './trial.ts';

/** How to clip where steps are too long: `clip_norm: 1`, or less than it is. */
export function clippingAdvice({ clipNorm }: Pick<TrainSettings, 'clipNorm'>): string {
  return clipNorm === null ? 'clip_norm: 1' : `a clip_norm below ${clipNorm}`;
}
