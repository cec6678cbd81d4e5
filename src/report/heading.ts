/** The sentences around a report's table, shared by its text formats. */
import { formatNumber, formatValue } from './format.ts';
import { describeMetric } from './metric.ts';
import type { ReportModel } from './report-model.ts';
import { plain } from './text.ts';

/** `beta · 18/20 trials completed, 1 diverged · maximize val/elbo (nats per image at β = 1, held out, best epoch)`. */
export function reportTitle(model: ReportModel): string {
  const { total, completed, ...others } = model.trials;
  const rest = Object.entries(others).filter(([, count]) => count > 0);
  const progress = [`${completed}/${total} trials completed`, ...rest.map(([state, count]) => `${count} ${state}`)];
  const about = [describeMetric(model.metric), `${model.epoch} epoch`].filter((part) => part !== '').join(', ');
  const trials = model.where === null ? model.sweep : `${model.sweep} where ${model.where}`;
  return `${plain(trials)} · ${progress.join(', ')} · ${model.goal} ${model.metric} (${about})`;
}

/** `sprites-mini, grey, at most 4000 training and 500 validation images`. */
export function datasetLine({ dataset }: ReportModel): string | undefined {
  if (dataset === null) return undefined;
  const { name, binarization, train, validation } = dataset;
  const sizes = [
    train === null ? undefined : `at most ${formatNumber(train, 0)} training images`,
    validation === null
      ? undefined
      : validation === 0
        ? 'no validation images'
        : `at most ${formatNumber(validation, 0)} validation images`,
  ];
  return [plain(name), `${binarization} pixels`, ...sizes].filter((part) => part !== undefined).join(', ');
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
  return model.trials.total === 0 ? 'No trials.' : `No completed trial has ${model.metric} yet.`;
}
