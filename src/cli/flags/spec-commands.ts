import { readFileSync } from 'node:fs';
import type { ReportModel } from '../../analysis/report/report-model.ts';
import { seedsOverride } from '../../render/report/advice-text.ts';
import type { SpecCommands } from '../../render/report/next-commands.ts';
import type { SweepRecord } from '../../store/read-model.ts';
import { shellWord } from '../../text/shell-word.ts';
import { specsCalled, specsHere } from './find-spec.ts';
import { repeatFlags, type GlobalFlags } from './flags.ts';

/** What a report names to be run: none where no file here is the spec that the sweep was started with. */
export function specCommands(model: ReportModel, sweep: SweepRecord, flags: GlobalFlags): Required<SpecCommands> {
  const seeds = seedsOverride(model);
  return {
    goOn: runCommand(sweep, flags),
    moreSeeds: seeds === undefined ? undefined : runCommand(sweep, flags, seeds),
  };
}

/** Runs the sweep as it was planned, or with `seeds` in place of its own: of the file here that has its text, with the same overrides. */
export function runCommand(
  { name, specText, overrides }: Pick<SweepRecord, 'name' | 'specText' | 'overrides'>,
  flags: GlobalFlags,
  seeds?: string,
): string | undefined {
  const file = [...specsCalled(name), ...specsHere()].find((one) => textOf(one) === specText);
  if (file === undefined) return undefined;
  const own = seeds === undefined ? overrides : overrides.filter((override) => !/^\s*seeds\s*=/.test(override));
  const words = [file, ...own, ...(seeds === undefined ? [] : [seeds])].map(shellWord).join(' ');
  return `sweep run ${words}${repeatFlags(flags, ['results', 'data'])}`;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
