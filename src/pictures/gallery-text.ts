import type { GalleryPlan } from '../analysis/gallery-plan.ts';
import { describeParams } from '../analysis/parameters.ts';
import { shortId } from '../render/format.ts';
import { count, formatCount, formatNumber } from '../text/format-number.ts';
import type { Panel } from './panel.ts';

/** `ELBO −36.41`: in a picture a minus is one. */
export function elboText(elbo: number): string {
  return `ELBO ${formatNumber(elbo, 2).replace('-', '−')}`;
}

/** Whose pictures a sheet shows, in which order. */
export function describeGallery({
  plan,
  idLength,
  panel,
}: {
  readonly plan: GalleryPlan;
  readonly idLength: number;
  readonly panel: Panel;
}): string {
  const { entries, configurations, unfinished, grid, metric } = plan;
  const trials = entries.flatMap(({ trial }) => trial ?? []);
  if (panel.kind === 'rows' || (entries.length === 1 && configurations === 1)) {
    const [trial] = trials;
    const elbo = trial!.metrics['val/elbo'];
    const name = `Trial ${shortId(trial!.id, idLength)}, seed ${trial!.seed}: ${describeParams(trial!.params)}`;
    const best = entries[0]!.rank === 1 ? `; its configuration is the best by ${metric}` : '';
    return elbo === undefined ? `${name}.` : `${name}; ${elboText(elbo)}${best}.`;
  }
  const seeds = [...new Set(trials.map(({ seed }) => seed))].sort((a, b) => a - b);
  const seed =
    seeds.length === 1 ? `seed ${seeds[0]!} of each` : `the first completed seed of each (${seeds.join(', ')})`;
  const shown =
    entries.length < configurations - unfinished
      ? `The best ${entries.length} of ${formatCount(configurations)} configurations`
      : count(entries.length, 'configuration');
  const order =
    grid === null && entries.length > 1
      ? ` In order of ${metric} over all seeds; below each picture the ELBO of its own trial.`
      : '';
  const best = entries.find(({ rank }) => rank === 1);
  const outline =
    entries.length > 1 && best !== undefined
      ? ` Outlined: the best by ${metric}, ${describeParams(best.params, plan.differing)}.`
      : '';
  const missing =
    unfinished > 0
      ? ` ${count(unfinished, 'configuration')} without a completed trial ${unfinished === 1 ? 'is' : 'are'} not shown.`
      : '';
  return `${shown}, ${seed}.${order}${outline}${missing}`;
}
