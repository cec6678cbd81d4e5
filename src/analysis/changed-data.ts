import { sampleNoun } from '../text/sample-noun.ts';
import { count } from '../text/format-number.ts';
import type { DatasetSettings, TrialConfig } from '../trial/trial.ts';

/**
 * A sentence for a plan whose images were others when trials that it doesn't name any more were planned; null where that
 * isn't so. `outside`: the sweep's trials outside the plan.
 */
export function changedDataNote(
  { name, own }: DatasetSettings,
  outside: readonly { readonly config: TrialConfig }[],
): string | null {
  if (own === undefined) return null;
  const before = outside.filter(({ config: { dataset } }) => {
    return (
      dataset.own?.path === own.path &&
      dataset.own.fingerprint !== own.fingerprint &&
      // Brought to another size they are others, too, and nothing changed.
      JSON.stringify(dataset.own.reading) === JSON.stringify(own.reading)
    );
  });
  if (before.length === 0) return null;
  const noun = sampleNoun(own);
  const images = [...new Set(before.map(({ config }) => config.dataset.own!.images))];
  const then =
    images.length === 1 ? `${count(images[0]!, noun)} then, ${own.images.toLocaleString('en-US')} now; ` : '';
  return (
    `the ${noun}s of ${name} have changed since ${count(before.length, 'trial')} of this sweep were planned (${then}fingerprint ` +
    `${own.fingerprint.slice(0, 12)} now): those stay as they are, outside this plan, and are not compared with it`
  );
}
