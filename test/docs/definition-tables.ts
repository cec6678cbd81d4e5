/** Tables of what is one definition each: parameters, metrics, data sets. */
import { DATASETS } from '../../src/data/datasets/index.ts';
import { METRICS } from '../../src/metrics/index.ts';
import type { Parameter } from '../../src/model/parameter.ts';
import { PARAMETERS } from '../../src/model/parameters.ts';
import { formatBytes } from '../../src/render/format.ts';
import { formatCount } from '../../src/text/format-number.ts';
import { exampleOf } from './parameter-example.ts';
import { code, markdownTable } from './markdown-table.ts';

export const PARAMETER_TABLE = markdownTable(
  ['parameter', 'values', 'default', 'meaning', 'as choices'],
  PARAMETERS.map((one) => [
    code(one.name),
    valuesOf(one),
    code(JSON.stringify(one.default)),
    one.description,
    code(exampleOf(one)),
  ]),
);

export const METRIC_TABLE = markdownTable(
  ['metric', 'of', 'unit', 'better', 'what it is'],
  METRICS.map(({ name, splits, unit, goal, definition }) => [
    code(name),
    splits.join(', '),
    unit,
    { maximize: 'more', minimize: 'less', none: '–' }[goal ?? 'none'],
    definition,
  ]),
);

export const DATASET_TABLE = markdownTable(
  ['data set', 'images', 'size', 'train / validation / test', 'where', 'what it shows'],
  DATASETS.map((one) => {
    const { name, images, height, width, channels, splits, description } = one;
    const size = [height, width, ...(channels === 1 ? [] : [channels])].join('×');
    const where = one.kind === 'generated' ? 'built in' : `${formatBytes(downloadBytes(one.files))} to download`;
    const counts = [splits.train, splits.validation, splits.test].map(formatCount).join(' / ');
    return [code(name), formatCount(images), size, counts, where, description];
  }),
);

function downloadBytes(files: Readonly<Record<string, { readonly gzip: { readonly bytes: number } }>>): number {
  return Object.values(files).reduce((sum, { gzip }) => sum + gzip.bytes, 0);
}

function valuesOf({ values }: Parameter): string {
  switch (values.kind) {
    case 'names':
      return values.names.map(code).join(', ');
    case 'integer':
      return `${formatCount(values.min)} to ${formatCount(values.max)}`;
    case 'number':
      return values.min === 'above 0' ? `above 0, up to ${values.max ?? '∞'}` : `${values.min} or more`;
    case 'widths':
      return `up to ${values.layers} numbers up to ${formatCount(values.max)}`;
  }
}
