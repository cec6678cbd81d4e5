import { findSweep } from '../find-results.ts';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, SweepError } from '../errors.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS } from './flags.ts';
import { csvLines, jsonLines, metricTable, ndjsonLines, trialTable, type ExportTable } from '../render/export-table.ts';
import { refuseOwnFile } from './output-file.ts';
import { withResults } from './results.ts';

const FORMATS = ['csv', 'json', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];
const TABLES = ['trials', 'metrics'] as const;

export const exportResults = defineCommand({
  options: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'Sweep; by default the one started last' })
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
      .option('output', {
        group: OWN_FLAGS,
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'File to write instead of stdout (-)',
      })
      .example('$0 export > trials.csv', 'the trials of the sweep started last')
      .example('$0 export beta --table metrics --format ndjson -o beta.ndjson', 'every metric of every epoch'),

  run: async (flags) => {
    await withResults(flags, (results) => {
      const snapshot = findSweep(results, flags.name);
      const { name } = snapshot.sweep;
      const table = flags.table === 'metrics' ? metricTable(name, results.metrics(name)) : trialTable(snapshot);
      const file = flags.output === '-' ? undefined : flags.output;
      if (file !== undefined) refuseOwnFile(file, layoutOf(flags).root);
      return write(textOf(table, flags.json ? 'json' : (flags.format ?? 'csv')), file);
    });
    return 0;
  },
});

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

async function write(chunks: Iterable<string>, file: string | undefined): Promise<void> {
  const destination = file === undefined ? process.stdout : createWriteStream(file);
  try {
    await pipeline(Readable.from(chunks), destination, { end: file !== undefined });
  } catch (error) {
    // What goes wrong on stdout is dealt with in output.ts.
    if (file === undefined && (error as NodeJS.ErrnoException).syscall) return;
    if (file === undefined || !(error as NodeJS.ErrnoException).syscall) throw error;
    throw new SweepError('USAGE', `Can't write ${file}: ${messageOf(error)}`, { cause: error });
  }
}
