import type { Argv } from 'yargs';
import { SweepError } from '../errors.ts';
import { ResultsLayout } from '../paths.ts';

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly results: string;
  readonly data: string | undefined;
  readonly device: string;
  readonly slots: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function withGlobalFlags(yargs: Argv): Argv<GlobalFlags> {
  return yargs
    .option('results', {
      type: 'string',
      default: process.env['SWEEP_RESULTS'] ?? 'results',
      defaultDescription: '$SWEEP_RESULTS, else results',
      describe: 'Folder of the database and of all results',
      requiresArg: true,
    })
    .option('data', {
      type: 'string',
      default: process.env['SWEEP_DATA'],
      defaultDescription: '$SWEEP_DATA',
      describe: 'Folder to look for data sets in first',
      requiresArg: true,
    })
    .option('device', {
      type: 'string',
      default: 'auto',
      describe: 'Where to train: auto, cpu, gpu, gpu:0,2',
      requiresArg: true,
    })
    .option('slots', {
      type: 'number',
      defaultDescription: 'one per core, one per GPU',
      describe: 'Trials at a time on each device',
      requiresArg: true,
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print the answer as JSON' })
    .option('quiet', { type: 'boolean', default: false, describe: 'Print the answer only, no progress' })
    .option('color', { type: 'boolean', default: true, describe: 'Colours on a terminal; --no-color for none' });
}

/** Group of a command's own flags in its help. */
export const OWN_FLAGS = 'Flags:';

/** Arguments and flags that take several values. */
const LISTS = new Set(['_', 'overrides', 'filters', 'where']);

/** What yargs lets through: a flag that is given twice becomes a list, a wrong number NaN. @throws SweepError USAGE */
export function checkFlags(flags: GlobalFlags): void {
  const repeated = Object.entries(flags).find(([name, value]) => Array.isArray(value) && !LISTS.has(name));
  if (repeated !== undefined) throw new SweepError('USAGE', `--${repeated[0]} is given more than once.`);
  if (flags.slots !== undefined) wholeNumber('--slots', flags.slots);
}

/** A count of at least 1, or USAGE naming the flag. */
export function wholeNumber(flag: string, value: string | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new SweepError('USAGE', `${flag} takes a whole number of at least 1.`);
  }
  return number;
}

export function layoutOf(flags: GlobalFlags): ResultsLayout {
  return new ResultsLayout(flags.results);
}
