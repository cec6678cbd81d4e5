import type { Argv } from 'yargs';
import type { GlobalFlags } from './flags.ts';

/** The arguments of `plan` and `run`. */
export interface SpecFlags extends GlobalFlags {
  readonly spec: string;
  readonly overrides: string[];
}

export function withSpec(yargs: Argv<GlobalFlags>): Argv<SpecFlags> {
  return yargs
    .positional('spec', { type: 'string', demandOption: true, describe: 'Spec file (YAML)' })
    .positional('overrides', {
      type: 'string',
      array: true,
      default: [],
      describe: 'key=value: replaces a part of the spec, e.g. beta=1,4 seeds=5 train.epochs=3',
    });
}
