import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { NUMERICS_VERSION } from '../trial/identity.ts';
import { isSameValue } from './parameters.ts';
import { trainedOn } from './trained-on.ts';

/** Trials whose numbers an earlier version computed, so that they are others by a little. */
export function countOutdated(trials: readonly Pick<TrialRecord, 'numericsVersion'>[]): number {
  return trials.filter(({ numericsVersion }) => numericsVersion < NUMERICS_VERSION).length;
}

/**
 * The sweep as if its plan named all of its trials. Earlier plans may have had other settings for training and data: those
 * in which trials differ become parameters, so that no two rows look the same, and each can be asked for.
 */
export function wholeSweep({ sweep, trials, outside }: SweepSnapshot): SweepSnapshot {
  const all = [...trials, ...outside];
  const settings = all.map(settingsOf);
  const differing = Object.keys(settings[0] ?? {}).filter((name) =>
    settings.some((one) => !isSameValue(one[name], settings[0]![name])),
  );
  const withSettings = all.map((trial, index) => {
    const own = differing.map((name) => [name, settings[index]![name]] as const);
    return { ...trial, params: { ...trial.params, ...Object.fromEntries(own) } };
  });
  // Its spec names parameters that vary now; any other may have varied before.
  return { sweep: { ...sweep, swept: [...sweep.swept, ...differing] }, trials: withSettings, outside: [] };
}

function settingsOf(trial: TrialRecord): Readonly<Record<string, unknown>> {
  const { planned_epochs: epochs, ...others } = trainedOn(trial);
  return Object.fromEntries(Object.entries({ ...others, epochs }).map(([name, value]) => [name, value ?? 'none']));
}
