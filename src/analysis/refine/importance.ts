import type { Effects, ParameterEffect, VarianceShare } from '../effects/effects.ts';

/** Below this share of the variance a parameter hardly matters. */
export const HARDLY = 0.05;

/** `hardly`: its share is small, and surely so; `unknown`: too little completed to tell. */
export interface Importance {
  readonly kind: 'matters' | 'hardly' | 'unknown';
  readonly share: VarianceShare | null;
}

/** Whether a parameter matters, alone or together with another. */
export function importanceOf(parameter: string, effects: Effects): Importance {
  const effect = effects.parameters.find(({ parameters }: ParameterEffect) => parameters.includes(parameter));
  const share = effect?.share ?? null;
  if (share === null) return { kind: 'unknown', share };
  const { interaction } = effects;
  const together = interaction?.parameters.includes(parameter) === true && interaction.share.share >= HARDLY;
  const isSmall = share.share < HARDLY && (share.high ?? share.share) < 3 * HARDLY;
  return { kind: isSmall && !together ? 'hardly' : 'matters', share };
}
