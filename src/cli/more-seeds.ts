import { readFileSync } from 'node:fs';
import type { ReportModel } from '../analysis/report-model.ts';
import { seedsOverride } from '../render/advice-text.ts';
import type { SweepRecord } from '../store/read-model.ts';
import { shellWord } from '../text/shell-word.ts';
import { specsCalled, specsHere } from './find-spec.ts';
import { repeatFlags, type GlobalFlags } from './flags.ts';

/**
 * The command that trains the seeds that a report advises: of the file here whose text is the spec that the sweep was
 * started with, and the same overrides. Undefined without advice or such a file.
 */
export function moreSeedsCommand(
  model: ReportModel,
  { name, specText, overrides }: SweepRecord,
  flags: GlobalFlags,
): string | undefined {
  const seeds = seedsOverride(model);
  if (seeds === undefined) return undefined;
  const file = [...specsCalled(name), ...specsHere()].find((one) => textOf(one) === specText);
  if (file === undefined) return undefined;
  const others = overrides.filter((override) => !/^\s*seeds\s*=/.test(override));
  const words = [file, ...others, seeds].map(shellWord).join(' ');
  return `sweep run ${words}${repeatFlags(flags, ['results', 'data'])}`;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
