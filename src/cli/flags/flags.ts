import type { Argv } from 'yargs';
import { SweepError } from '../../errors.ts';
import { ResultsLayout, STDIN } from '../../files/paths.ts';
import { shellWord } from '../../text/shell-word.ts';
import { findSpec } from './find-spec.ts';
import { note } from '../output.ts';

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly results: string;
  readonly data: string | undefined;
  readonly device: string;
  readonly slots: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

function defaults(): Pick<GlobalFlags, 'results' | 'data' | 'device' | 'slots'> {
  const { SWEEP_RESULTS, SWEEP_DATA } = process.env;
  return { results: given(SWEEP_RESULTS) ?? 'results', data: given(SWEEP_DATA), device: 'auto', slots: undefined };
}

/** Where data sets are looked for first by commands whose `--data` is something else. */
export function defaultDataDir(): string | undefined {
  return defaults().data;
}

/** The results folder of a command line that could not be read as a whole. */
export function resultsIn(argv: readonly string[]): string {
  const after = argv[argv.lastIndexOf('--results') + 1];
  const joined = argv.findLast((word) => word.startsWith('--results='))?.slice('--results='.length);
  return given(joined ?? (argv.includes('--results') ? after : undefined)) ?? defaults().results;
}

/** What is empty is not set; as a path it would be the current folder. */
function given<Value>(value: Value): Value | undefined {
  return value === '' ? undefined : value;
}

/** What a suggested command must end with to mean the same place, data and devices: ` --results other`. */
export function repeatFlags(
  flags: Pick<GlobalFlags, 'results'> & Partial<GlobalFlags>,
  names: readonly (keyof ReturnType<typeof defaults>)[] = ['results'],
): string {
  const given = names.filter((name) => flags[name] !== defaults()[name]);
  return given.map((name) => ` --${name} ${shellWord(String(flags[name]))}`).join('');
}

export function withGlobalFlags(yargs: Argv): Argv<GlobalFlags> {
  return yargs
    .option('results', {
      type: 'string',
      default: defaults().results,
      coerce: (value: string) => given(value) ?? defaults().results,
      defaultDescription: '$SWEEP_RESULTS, else results',
      describe: 'Folder of the database and of all results',
      requiresArg: true,
    })
    .option('data', {
      type: 'string',
      default: defaults().data,
      coerce: (value: string) => given(value) ?? defaults().data,
      defaultDescription: '$SWEEP_DATA',
      describe: 'Folder to look for data sets in first',
      requiresArg: true,
    })
    .option('device', {
      type: 'string',
      default: defaults().device,
      coerce: (value: string) => given(value) ?? defaults().device,
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

/** The arguments of `plan` and `run`. */
export interface SpecFlags extends GlobalFlags {
  readonly spec: string;
  readonly overrides: string[];
}

export function withSpec(yargs: Argv<GlobalFlags>): Argv<SpecFlags> {
  return yargs
    .positional('spec', { type: 'string', demandOption: true, describe: 'Spec file (YAML); - reads it from stdin' })
    .positional('overrides', {
      type: 'string',
      array: true,
      default: [],
      describe: 'key=value: replaces a part of the spec, e.g. beta=1,4 seeds=5 train.epochs=3',
    });
}

/** With the file that the spec's name means, which is told where it is another. @throws SweepError USAGE for none. */
export function withFoundSpec<Flags extends SpecFlags>(flags: Flags): Flags {
  const spec = findSpec(flags.spec);
  if (spec !== flags.spec && !flags.quiet && !flags.json) note(`Spec: ${spec}`);
  return { ...flags, spec };
}

/** The flag that says which trials a command is about, in every command alike. */
export function withWhere<Flags extends GlobalFlags>(yargs: Argv<Flags>, example: string) {
  return yargs.option('where', {
    group: OWN_FLAGS,
    type: 'string',
    array: true,
    requiresArg: true,
    describe: `Only trials of which this holds, e.g. ${example}; also beta=1..4, beta=2.., beta!=1, 'beta>2'`,
  });
}

/** Flags of `report` and `compare` that say which trials they are about. */
export function withSelection<Flags extends GlobalFlags>(yargs: Argv<Flags>, example: string) {
  return withWhere(yargs, example).option('all', {
    group: OWN_FLAGS,
    type: 'boolean',
    default: false,
    describe: 'With the trials outside the present plan, which earlier ones named',
  });
}

export function withBy<Flags extends GlobalFlags>(yargs: Argv<Flags>, describe: string) {
  return yargs.option('by', { group: OWN_FLAGS, type: 'string', requiresArg: true, describe });
}

/** `sweep run` or `sweep plan` of the same; none where the spec came from stdin, which is read by now. */
export function specCommand(command: 'run' | 'plan', flags: SpecFlags): string[] {
  if (flags.spec === STDIN) return [];
  const words = [flags.spec, ...flags.overrides].map(shellWord).join(' ');
  return [`sweep ${command} ${words}${repeatFlags(flags, ['results', 'data', 'device', 'slots'])}`];
}

/** Group of a command's own flags in its help. */
export const OWN_FLAGS = 'Flags:';

/** Arguments and flags that take several values. */
const LISTS = new Set([
  '_',
  'overrides',
  'names',
  'filters',
  'where',
  'again',
  'revive',
  'tags',
  'text',
  'normal',
  'drop',
]);

/** What yargs lets through: a flag that is given twice becomes a list, a wrong number NaN. @throws SweepError USAGE */
export function checkFlags(flags: GlobalFlags): void {
  const repeated = Object.entries(flags).find(([name, value]) => Array.isArray(value) && !LISTS.has(name));
  if (repeated !== undefined) throw new SweepError('USAGE', `--${repeated[0]} is given more than once.`);
  if (flags.slots !== undefined) wholeNumberFlag('--slots', flags.slots);
}

/** A count of at least 1, or USAGE naming the flag. */
export function wholeNumberFlag(flag: string, value: string | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new SweepError('USAGE', `${flag} takes a whole number of at least 1.`);
  }
  return number;
}

export function layoutOf(flags: GlobalFlags): ResultsLayout {
  return new ResultsLayout(flags.results);
}
