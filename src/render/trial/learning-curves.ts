/** How a trial learnt: ELBO, distortion and rate by epoch, of training and of validation images. */
import type { TrialDetail } from '../../analysis/trial/show.ts';
import { quantityOf } from '../../metrics/index.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { renderChart, sideBySide, type Series } from '../layout/chart.ts';
import { styled, wrap, type Layout } from '../layout/text.ts';

const PANELS = [
  { metric: 'elbo', title: 'ELBO' },
  { metric: 'reconstruction', title: 'distortion D (reconstruction)' },
  { metric: 'kl', title: 'rate R (KL)' },
] as const;
type Panel = (typeof PANELS)[number];

const ROWS = 6;
/** Wider, a chart is no clearer. */
const MAX_COLUMNS = 76;
const GAP = '   ';
/** A chart of fewer is all labels. */
const MIN_COLUMNS = 26;

/** A legend and three charts, as many beside each other as there is room for; nothing before the second epoch. */
export function renderLearningCurves(detail: TrialDetail, layout: Layout): string[] {
  const panels = PANELS.filter(({ metric }) => seriesOf(detail, metric).some(({ points }) => points.length > 1));
  if (panels.length === 0) return [];
  const lines = rowsOf(panels, layout).flatMap((row) => {
    const width = Math.min(MAX_COLUMNS, Math.floor((layout.columns - 1 - GAP.length * (row.length - 1)) / row.length));
    const charts = row.map((panel) => chartOf(detail, panel, { ...layout, columns: width }));
    return sideBySide(
      charts,
      row.map(() => width),
      GAP,
    ).map((line) => ` ${line}`);
  });
  return [wrap(legend(detail, layout), layout.columns, ' ', ' '), ...lines];
}

/** All in one row, the ELBO above the two it consists of, or one below the other. */
function rowsOf(panels: readonly Panel[], { columns }: Layout): Panel[][] {
  const fits = (amount: number, least: number): boolean => columns >= amount * (least + GAP.length);
  if (panels.length === 1 || fits(panels.length, MIN_COLUMNS + 12)) return [[...panels]];
  const [first, ...others] = panels;
  return fits(others.length, MIN_COLUMNS) ? [[first!], others] : panels.map((panel) => [panel]);
}

function chartOf(detail: TrialDetail, { metric, title }: Panel, layout: Layout): string[] {
  const { decimals } = quantityOf(metric);
  const bestEpoch = detail.trial.bestEpoch;
  return renderChart(seriesOf(detail, metric), { title, rows: ROWS, decimals, bestEpoch }, layout);
}

/** Validation solid, training dotted; training solid where there is nothing else. */
function seriesOf({ curves }: TrialDetail, metric: Panel['metric']): Series[] {
  const [val, train] = [curves.get(`val/${metric}`) ?? [], curves.get(`train/${metric}`) ?? []];
  const validation: Series[] = val.length === 0 ? [] : [{ points: val, isDotted: false, style: 'green' }];
  return train.length === 0 ? validation : [...validation, { points: train, isDotted: val.length > 0 }];
}

function legend({ curves, trial }: TrialDetail, layout: Layout): string {
  const hasValidation = curves.has('val/elbo');
  const signs = [
    ...(hasValidation ? [`${styled(layout, 'green', '⠤⠤')} validation`] : []),
    ...(curves.has('train/elbo') ? [`${hasValidation ? '⠄⠠⠄' : '⠤⠤'} training (mean over the epoch)`] : []),
    ...(trial.bestEpoch === null ? [] : ['▲ best epoch']),
  ];
  return `${styled(layout, 'bold', 'learning curves')}, nats per ${sampleNoun(trial.config.dataset.own)} by epoch: ${signs.join(', ')}`;
}
