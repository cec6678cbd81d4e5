import { findSweep } from '../find-results.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, withWhere } from './flags.ts';
import { formatByEnding, withOutput, writeChunks } from './output-file.ts';
import { chosenTrials } from './where.ts';
import { csvLines, jsonLines, metricTable, ndjsonLines, trialTable, type ExportTable } from '../render/export-table.ts';
import type { MetricRow } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import { withResults } from './results.ts';

const FORMATS = ['csv', 'json', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];
const TABLES = ['trials', 'metrics'] as const;

export const exportResults = defineCommand({
  options: (yargs) =>
    withOutput(
      withWhere(
        yargs.positional('name', { type: 'string', describe: 'Sweep; by default the one started last' }),
        'state=failed',
      ),
    )
      .option('format', {
        group: OWN_FLAGS,
        choices: FORMATS,
        defaultDescription: 'csv',
        requiresArg: true,
        describe: 'Form of the output',
      })
      .option('table', {
        group: OWN_FLAGS,
        choices: TABLES,
        defaultDescription: 'trials',
        requiresArg: true,
        describe: 'One row per trial, or one per epoch and metric',
      })
      .example('$0 export > trials.csv', 'the trials of the sweep started last')
      .example('$0 export beta --table metrics --format ndjson -o beta.ndjson', 'every metric of every epoch'),

  run: async (flags) => {
    await withResults(flags, (results) => {
      const snapshot = chosenTrials(findSweep(results, flags.name), flags.where);
      const { name } = snapshot.sweep;
      const ids = flags.where && new Set([...snapshot.trials, ...snapshot.outside].map(({ id }) => id));
      const table =
        flags.table === 'metrics' ? metricTable(name, metricsOf(results.metrics(name), ids)) : trialTable(snapshot);
      const format = flags.json ? 'json' : (flags.format ?? formatByEnding(flags, FORMATS) ?? 'csv');
      return writeChunks(textOf(table, format), flags);
    });
    return 0;
  },
});

/** Of these trials; of all without. Read as it is written out. */
function* metricsOf(rows: Iterable<MetricRow>, trials: ReadonlySet<TrialId> | undefined): Generator<MetricRow> {
  for (const row of rows) if (trials === undefined || trials.has(row.trial)) yield row;
}

function textOf(table: ExportTable, format: Format): Iterable<string> {
  switch (format) {
    case 'csv':
      return csvLines(table);
    case 'json':
      return jsonLines(table);
    case 'ndjson':
      return ndjsonLines(table);
  }
}
