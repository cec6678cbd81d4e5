/** Which measured values have a common scale: those of the same data and family, and of an objective where it was the same. */
import { describeObjective } from '../model/objective.ts';
import { SweepError } from '../errors.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { shellWord } from '../text/shell-word.ts';
import { objective } from '../metrics/objective.ts';
import { byFamily, describeApart, tellApart } from './families.ts';

/**
 * Likelihoods of different families, what is told labels and what isn't, and different data have no common scale.
 * @throws SweepError USAGE if the trials or configurations mix them
 */
export function assertComparable(
  measured: readonly Pick<TrialRecord, 'config' | 'images'>[],
  advice = adviceOnData(measured),
): void {
  // First: what the data are decides which likelihoods there may be.
  assertSameData(measured, advice);
  const families = byFamily(measured);
  if (families.length < 2) return;
  const told = new Set(tellApart(families).map((values) => JSON.stringify(values)));
  if (told.size < families.length) {
    throw new SweepError(
      'USAGE',
      "Values of two versions of a likelihood of one's own can't be compared: its module was changed between them. " +
        'Leave out --all, and ask each sweep for its own',
    );
  }
  const filters = tellApart(families).map((values) => {
    return Object.entries(values)
      .map(([name, some]) => `--where ${name}=${some.join(',')}`)
      .join(' ');
  });
  const why = describeApart(families).includes('conditions') ? ': given its label, a sample is likelier by itself' : '';
  throw new SweepError(
    'USAGE',
    `Values of ${describeApart(families)} can't be compared${why}. ` +
      `Look at one at a time: ${filters.slice(0, -1).join(', ')} or ${filters.at(-1)!}`,
  );
}

/** @throws SweepError USAGE if the trials or configurations were measured on different data */
export function assertSameData(
  measured: readonly Pick<TrialRecord, 'config' | 'images'>[],
  advice = adviceOnData(measured),
): void {
  const datasets = new Set(measured.map(describeImages));
  if (datasets.size < 2) return;
  throw new SweepError(
    'USAGE',
    `Values of different data (${[...datasets].join('; ')}) can't be compared.${advice === '' ? '' : ` ${advice}`}`,
  );
}

/** By their names where these tell them apart. */
function adviceOnData(measured: readonly Pick<TrialRecord, 'config' | 'images'>[]): string {
  const names = [...new Set(measured.map(({ config }) => config.dataset.name))];
  const filters = names.map((name) => `--where ${shellWord(`dataset=${name}`)}`);
  const how =
    names.length === new Set(measured.map(describeImages)).size
      ? `${filters.slice(0, -1).join(', ')} or ${filters.at(-1)!}`
      : '--where dataset=…, binarization=… or validation_images=…';
  return `Leave out --all, or look at one at a time: ${how}`;
}

/** What trials minimised ranks them only where it was the same. @throws SweepError USAGE */
export function assertSameObjective(metric: string, ranked: readonly Pick<TrialRecord, 'config'>[]): void {
  if (!metric.endsWith(`/${objective.name}`)) return;
  const texts = [...new Set(ranked.map(({ config }) => describeObjective(config.parameters)))];
  if (texts.length < 2) return;
  const shown = texts.slice(0, 3).join('; ') + (texts.length > 3 ? '; …' : '');
  throw new SweepError(
    'USAGE',
    `${metric} is what each trial minimised, and these minimised other things (${shown}): rank them by val/elbo, at β = 1 for all`,
  );
}

/** By the images that were used: older versions wrote the same wish in several ways. */
function describeImages({ config: { dataset }, images }: Pick<TrialRecord, 'config' | 'images'>): string {
  const { own, binarization } = dataset;
  const name = own === undefined ? dataset.name : `${dataset.name} (${own.fingerprint.slice(0, 6)})`;
  const validation = images === null ? dataset.validation : images.validation;
  return `${name}, ${binarization}, ${validation === null ? 'all' : validation} validation images`;
}
