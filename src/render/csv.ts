import { stringify } from 'csv-stringify/sync';
import type { ConfigurationSummary, ReportModel } from '../analysis/report/report-model.ts';
import { plain } from '../text/printable.ts';
import { TRAINED_ON_COLUMNS } from '../analysis/trained-on.ts';

/**
 * One line per configuration, every parameter and every metric (mean, and `_low` and `_high` of its 95 % interval;
 * empty where unknown), and what it trained on.
 */
export function renderReportCsv(model: ReportModel): string {
  // What `--all` makes a parameter stands at the end, as ever.
  const parameters = model.parameters.filter((name) => !TRAINED_ON_COLUMNS.some((column) => column === name));
  const metrics = [...new Set(model.configurations.flatMap((row) => Object.keys(row.metrics)))];
  const header = [
    ...['sweep', 'rank', ...parameters, 'n', 'planned', 'tied', 'vs_best', 'vs_best_low', 'vs_best_high'],
    ...metrics.flatMap((name) => [name, `${name}_low`, `${name}_high`]),
    ...['trials', 'standing', 'diverged', 'failed'],
    ...TRAINED_ON_COLUMNS,
    'tags',
  ];
  const line = (row: ConfigurationSummary): unknown[] => [
    ...[model.sweep, row.rank, ...parameters.map((name) => row.params[name]), row.n, row.planned, row.tied],
    ...[row.vsBest?.mean, row.vsBest?.low, row.vsBest?.high],
    ...metrics.flatMap((name) => [row.metrics[name]?.mean, row.metrics[name]?.low, row.metrics[name]?.high]),
    ...[row.trials.join(' '), row.standing, row.lost.diverged, row.lost.failed],
    ...TRAINED_ON_COLUMNS.map((name) => row.trainedOn[name]),
    row.tags.join(' '),
  ];
  return toCsv([header, ...model.configurations.map(line)]);
}

/** Lists as JSON, text in one line; text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function toCsv(rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map(cellOf));
  return stringify(cells, { escape_formulas: true, cast: { boolean: String } });
}

function cellOf(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}
