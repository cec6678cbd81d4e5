import { formatValue } from '../../text/format-value.ts';
import type { Effects } from '../effects/effects.ts';
import type { PageEffect } from './page-model.ts';

/** What of the effects is drawn. */
export function pageEffects({ parameters }: Effects): PageEffect[] {
  return parameters.map(({ parameters: names, within, share, levels }) => ({
    name:
      names.join(' + ') +
      (within === null
        ? ''
        : ` (${Object.entries(within)
            .map(([name, value]) => `${name}=${formatValue(value)}`)
            .join(' ')})`),
    share,
    levels: levels.map(({ value, bin, mean, spread, configurations, lost, trials }) => ({
      label: bin === null ? formatValue(value) : `${short(bin.from)}–${short(bin.to)}`,
      mean,
      spread,
      configurations,
      lost: lost.diverged + lost.failed + lost.pruned,
      trials,
    })),
  }));
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
