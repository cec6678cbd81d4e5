import { distinctValues, parameterNames } from '../analysis/parameters.ts';
import { SweepError } from '../errors.ts';
import { findSweep } from '../answers/find-results.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, withWhere } from './flags/flags.ts';
import { formatOf, withForms, writeChunks } from './files/output-file.ts';
import { note } from './output.ts';
import { chosenTrials } from './flags/where.ts';
import { csvLines, jsonLines, metricTable, ndjsonLines, trialTable, type ExportTable } from '../render/export-table.ts';
import type { MetricRow, ReadModel, SweepSnapshot } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import { count } from '../text/format-number.ts';
import { withResults } from './results.ts';

const TABLE_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const;
type TableFormat = (typeof TABLE_FORMATS)[number];
/** Of a whole sweep, for the programs of these names. */
const STUDY_FORMATS = ['tensorboard', 'optuna'] as const;
type StudyFormat = (typeof STUDY_FORMATS)[number];
/** Of a trained model. */
const MODEL_FORMATS = ['onnx'] as const;
type Format = TableFormat | StudyFormat | (typeof MODEL_FORMATS)[number];
const FORMATS = [...TABLE_FORMATS, ...STUDY_FORMATS, ...MODEL_FORMATS] as const;
const TABLES = ['trials', 'metrics'] as const;

export const exportResults = defineCommand({
  options: (yargs) =>
    withForms(
      withWhere(
        yargs
          .positional('name', {
            type: 'string',
            describe:
              "Sweep; by default the one started last. For onnx a trial: `best`, the beginning of an id, or a sweep's best",
          })
          .positional('of', { type: 'string', describe: 'With `best`: of which sweep' }),
        'state=failed',
      ),
      FORMATS,
    )
      .option('table', {
        group: OWN_FLAGS,
        choices: TABLES,
        defaultDescription: 'trials',
        requiresArg: true,
        describe: 'One row per trial, or one per epoch and metric',
      })
      .example('$0 export > trials.csv', 'the trials of the sweep started last')
      .example('$0 export beta --table metrics --format ndjson -o beta.ndjson', 'every metric of every epoch')
      .example('$0 export beta --table metrics -o beta.parquet', 'the same, typed, for pandas, DuckDB or Polars')
      .example('$0 export beta --format tensorboard -o logs', 'then: tensorboard --logdir logs')
      .example('$0 export best --format onnx -o model', 'encoder, decoder and both, for any ONNX Runtime')
      .example('$0 export beta --format optuna -o beta.db', 'then: optuna-dashboard sqlite:///beta.db'),

  run: async (flags) => {
    await withResults(flags, async (results) => {
      const format = formatOf(flags, FORMATS);
      refuseMisfit(format, flags);
      if (format === 'onnx') {
        const { writeOnnx } = await import('./files/onnx-folder.ts');
        return writeOnnx(results, { trial: flags.name ?? 'best', sweep: flags.of, folder: flags.output! }, flags);
      }
      const snapshot = chosenTrials(findSweep(results, flags.name), flags.where);
      if (isStudy(format)) return writeStudy(format, snapshot, results, flags);
      const { name } = snapshot.sweep;
      const trials = [...snapshot.trials, ...snapshot.outside];
      const ids = flags.where && new Set(trials.map(({ id }) => id));
      const table =
        flags.table === 'metrics' ? metricTable(name, metricsOf(results.metrics(name), ids)) : trialTable(snapshot);
      if (format !== 'parquet') return writeChunks(textOf(table, format), flags);
      const { parquetOf } = await import('../exports/parquet.ts');
      const texts = parameterNames(trials).filter((parameter) =>
        distinctValues(trials, parameter).some((value) => typeof value !== 'number'),
      );
      return writeChunks([parquetOf(table, new Set(texts))], flags);
    });
    return 0;
  },
});

type ExportFlags = Parameters<typeof writeChunks>[1] & {
  readonly table: string | undefined;
  readonly where: readonly string[] | undefined;
  readonly of: string | undefined;
};

function isStudy(format: Format): format is StudyFormat {
  return STUDY_FORMATS.some((study) => study === format);
}

/** @throws SweepError USAGE for bytes that would go to a terminal, a folder without a name, a table of a whole sweep */
function refuseMisfit(format: Format, { output, table, where, of }: ExportFlags): void {
  const isStdout = output === undefined || output === '-';
  if ((format === 'tensorboard' || format === 'onnx') && isStdout) {
    throw new SweepError('USAGE', `--format ${format} writes a folder. Name a new one with -o.`);
  }
  if (format === 'onnx' && (table !== undefined || where !== undefined)) {
    const flag = table === undefined ? '--where' : '--table';
    throw new SweepError('USAGE', `${flag} has no meaning for --format onnx, which is of one trial: name it.`);
  }
  if (format !== 'onnx' && of !== undefined) {
    throw new SweepError('USAGE', `Unexpected argument \`${of}\`: --format ${format} is of one sweep.`);
  }
  if ((format === 'parquet' || format === 'optuna') && isStdout && process.stdout.isTTY) {
    throw new SweepError('USAGE', `--format ${format} is not text. Name a file with -o, or pipe it.`);
  }
  if (isStudy(format) && table !== undefined) {
    throw new SweepError('USAGE', `--table has no meaning for --format ${format}, which has trials and metrics.`);
  }
}

/** What these programs rank is the plan's trials, as `sweep report` does. */
async function writeStudy(
  format: StudyFormat,
  snapshot: SweepSnapshot,
  results: ReadModel,
  flags: ExportFlags,
): Promise<void> {
  const { sweep, outside } = snapshot;
  if (format === 'tensorboard') {
    const { writeTensorBoard } = await import('./files/tensorboard-folder.ts');
    writeTensorBoard(snapshot, results, flags.output!);
  } else {
    const { optunaStorage } = await import('../exports/optuna/optuna-storage.ts');
    const { metric } = sweep.objective;
    const curves = results.curves(sweep.name, [metric]);
    const storage = optunaStorage(snapshot, {
      attempts: ({ id, reusedFrom }) => results.attempts(reusedFrom ?? sweep.name, id),
      curve: ({ id }) => curves.get(id)?.get(metric) ?? [],
    });
    await writeChunks([storage], flags);
  }
  if (outside.length > 0 && !flags.quiet) {
    note(`Left out: ${count(outside.length, 'trial')} outside the present plan.`);
  }
}

/** Of these trials; of all without. Read as it is written out. */
function* metricsOf(rows: Iterable<MetricRow>, trials: ReadonlySet<TrialId> | undefined): Generator<MetricRow> {
  for (const row of rows) if (trials === undefined || trials.has(row.trial)) yield row;
}

function textOf(table: ExportTable, format: Exclude<TableFormat, 'parquet'>): Iterable<string> {
  switch (format) {
    case 'csv':
      return csvLines(table);
    case 'json':
      return jsonLines(table);
    case 'ndjson':
      return ndjsonLines(table);
  }
}
