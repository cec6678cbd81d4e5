import { METRICS, metricName } from '../../metrics/index.ts';
import type { MetricRow } from '../../store/read-model.ts';
import { saidOf, type SampleNoun } from '../../text/sample-noun.ts';
import type { TrialId } from '../../trial/trial.ts';
import type { PageCurves } from './page-model.ts';

/** ELBO and its two parts; the objective's own curve where it is another metric that each epoch has. */
const PARTS = ['elbo', 'reconstruction', 'kl'];

/** Every recorded epoch of each trial. */
export function curvesOf(
  trials: readonly TrialId[],
  rows: Iterable<MetricRow>,
  ranked: string,
  noun: SampleNoun,
): PageCurves {
  const own = ranked.slice(ranked.indexOf('/') + 1);
  const names = PARTS.includes(own) || own === ranked ? PARTS : [own, ...PARTS];
  const metrics = names.flatMap((name) => METRICS.filter((metric) => metric.name === name));
  const wanted = new Set(metrics.flatMap((metric) => [metricName('val', metric), metricName('train', metric)]));
  const places = new Map(trials.map((id, place) => [id, place]));
  const curves = trials.map((): Record<string, (number | null)[]> => ({}));
  for (const { trial, name, epoch, value } of rows) {
    const place = places.get(trial);
    if (place === undefined || !wanted.has(name)) continue;
    const curve = (curves[place]![name] ??= []);
    while (curve.length < epoch - 1) curve.push(null);
    curve[epoch - 1] = Number(value.toPrecision(SHOWN_DIGITS));
  }
  return {
    charts: metrics.map((metric) => ({
      label: metric.name === 'elbo' ? 'ELBO' : metric.name === 'kl' ? 'KL (rate)' : metric.name,
      unit: saidOf(noun, metric.unit),
      decimals: metric.decimals,
      heldOut: metricName('val', metric),
      trained: metricName('train', metric),
    })),
    trials: curves,
  };
}

/** More than a screen shows, and a third of what a double takes as text. */
const SHOWN_DIGITS = 6;
