/** The sentences around a report's table, shared by its text formats. */
import { count } from '../format-number.ts';
import { formatInterval, shortIds } from './format.ts';
import { formatValue } from '../format-value.ts';
import { quantityOf } from '../metrics/index.ts';
import { describeFilter } from '../analysis/filter.ts';
import type { ConfigurationSummary, ReportModel } from '../analysis/report-model.ts';
import { plain } from '../printable.ts';
import { unbroken } from './text.ts';
import type { Split } from '../metrics/metric.ts';
import { describeData } from './data-text.ts';

/** `beta · 18/20 trials completed, 1 diverged · maximize val/elbo (nats per image at β = 1, held out, best epoch)`. */
export function reportTitle(model: ReportModel): string {
  const { total, completed, ...others } = model.trials;
  const rest = Object.entries(others).filter(([, count]) => count > 0);
  const progress = [`${completed}/${total} trials completed`, ...rest.map(([state, count]) => `${count} ${state}`)];
  const about = [describeMetric(model.metric), `${model.epoch} epoch`].filter((part) => part !== '').join(', ');
  const trials = model.where === null ? model.sweep : `${model.sweep} where ${describeFilter(model.where)}`;
  const order =
    model.goal === null
      ? `sorted by ${model.metric} (${about}), largest first: it has no better end`
      : `${model.goal} ${model.metric} (${about})`;
  return `${plain(trials)} · ${progress.join(', ')} · ${order}`;
}

const IMAGES: Readonly<Record<Split, string>> = {
  train: 'training images',
  val: 'held out',
  test: 'test images',
};

/** Unit, split and epoch of a metric, e.g. "nats per image at β = 1, held out, best epoch". */
function describeMetric(name: string): string {
  const split = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
  const images = Object.hasOwn(IMAGES, split) ? IMAGES[split as Split] : undefined;
  return [quantityOf(name).unit, images].filter((part) => part !== undefined && part !== '').join(', ');
}

/** `sprites-mini, grey pixels, 4,000 training and 500 validation images`. */
export function datasetLine({ trainedOn }: ReportModel): string | undefined {
  return trainedOn === null ? undefined : describeData(trainedOn);
}

/** `activation relu, latent_dim 10, hidden [512,256] where used`. */
export function constantsLine({ constants }: ReportModel): string | undefined {
  if (constants.length === 0) return undefined;
  return constants
    .map(({ name, value, isPartial }) => `${name} ${formatValue(value)}${isPartial ? ' where used' : ''}`)
    .join(', ');
}

/** What a report without a single ranked configuration says in place of its table. */
export function emptyLine(model: ReportModel): string | undefined {
  if (model.configurations.some(({ rank }) => rank !== null)) return undefined;
  const { total, queued, running } = model.trials;
  return total === 0 ? 'No trials.' : `No completed trial has ${model.metric}${queued + running > 0 ? ' yet' : ''}.`;
}

/** `test images not evaluated yet for 3f2a91: sweep run tries again`; undefined where nothing is missing. */
export function untestedLine({ untested, idLength }: ReportModel): string | undefined {
  if (untested.length === 0) return undefined;
  const trials = `${count(untested.length, 'trial')} (${shortIds(untested, idLength)})`;
  return `test images not evaluated yet for ${trials}: \`sweep run\` tries again`;
}

/** `test images, #1 only: elbo -36.05 ± 0.39, recon 15.62 ± 0.33, KL 20.43 ± 0.07`; undefined where the table tells it. */
export function testLine({ tested }: ReportModel): string | undefined {
  return tested === null ? undefined : `test images, #${tested.rank ?? '–'} only: ${testResult(tested)}`;
}

/** `elbo -36.05 ± 0.39, recon 15.62 ± 0.33, KL 20.43 ± 0.07` on the test images; empty where they weren't looked at. */
export function testResult({ metrics }: ConfigurationSummary): string {
  return ['test/elbo', 'test/reconstruction', 'test/kl']
    .flatMap((name) => {
      const { label, decimals } = quantityOf(name);
      return metrics[name] === undefined ? [] : unbroken(`${label} ${formatInterval(metrics[name], decimals)}`);
    })
    .join(', ');
}

/** What the signs in the table mean, of those that are there. */
export function legendLine({ configurations, metric }: ReportModel): string | undefined {
  const signs = [
    configurations.some(({ metrics }) => metrics[metric]?.low != null) && '±: 95 % interval over seeds',
    configurations.some(({ standing }) => standing === 'tied') &&
      "tied: can't be told from the best, at 95 % for all together",
    configurations.some(({ standing }) => standing === 'unclear') &&
      "can't tell: its seeds say too little to place it beside the best",
    configurations.some(({ standing }) => standing === 'lost') &&
      'diverged, failed: seeds without a result, ranked last',
    configurations.some(({ metrics }) => metrics['val/active_units']) && 'active: latent dimensions in use, of all',
  ].filter((sign) => sign !== false);
  return signs.length === 0 ? undefined : signs.join('; ');
}
