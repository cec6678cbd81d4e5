import { formatValue } from '../../text/format-value.ts';
import { effectName, type Effects } from '../effects/effects.ts';
import type { PageEffect } from './page-model.ts';

/** What of the effects is drawn. */
export function pageEffects({ parameters }: Effects): PageEffect[] {
  return parameters.map((effect) => ({
    name: effectName(effect),
    share: effect.share,
    levels: effect.levels.map(({ value, mean, spread, configurations, lost, trials }) => ({
      label: formatValue(value),
      mean,
      spread,
      configurations,
      lost: lost.diverged + lost.failed + lost.pruned,
      trials,
    })),
  }));
}
