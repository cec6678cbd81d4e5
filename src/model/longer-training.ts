/** Whether the first epochs of a longer training are those of a shorter one, to the last bit. */
import { betaSchedule } from './objective-parameters.ts';
import { lrSchedule, patience } from './optimizer-parameters.ts';
import { valueOr, type Parameters } from './parameter.ts';

/** What of a configuration makes its first epochs depend on how many there are to be; undefined where nothing does. */
export function endDependence(parameters: Parameters): string | undefined {
  if (valueOr(parameters, lrSchedule) === 'cosine') return 'lr_schedule cosine falls to 0 at the last epoch';
  if (valueOr(parameters, betaSchedule) === 'cyclical') return 'beta_schedule cyclical divides all epochs into cycles';
  if (valueOr(parameters, patience) > 0) return 'patience ends a training where it likes';
  return undefined;
}

export function mayGoOn(parameters: Parameters): boolean {
  return endDependence(parameters) === undefined;
}
