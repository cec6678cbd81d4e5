import type { Argv } from 'yargs';
import type { GlobalFlags } from './flags/flags.ts';

/** A command's own flags with their examples, and what it does. */
export interface Command<Flags extends GlobalFlags = GlobalFlags> {
  options(yargs: Argv<GlobalFlags>): Argv<Flags>;
  /** Returns the exit code: 0 done, 3 some trials failed, 129/130/138/140/143 interrupted after saving. Errors are thrown. */
  run(flags: Flags): Promise<number> | number;
}

/** Lets the type of `run`'s flags follow from `options`. */
export function defineCommand<Flags extends GlobalFlags>(command: Command<Flags>): Command<Flags> {
  return command;
}
