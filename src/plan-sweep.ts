/** What a sweep comes to before anything is started or written. */
import { datasetOf } from './data/datasets/index.ts';
import { fingerprintOf } from './data/definition.ts';
import { effectiveSettings } from './data/effective-settings.ts';
import { expectDataset } from './data/locate.ts';
import type { DatasetSource } from './data/source.ts';
import { readSpecText } from './read-spec-text.ts';
import { expandSpec, findShortfall } from './sweep-file/expand.ts';
import type { Finding } from './sweep-file/issue.ts';
import { readSpec } from './sweep-file/parse.ts';
import type { SweepSpec } from './sweep-file/spec.ts';
import type { TrialPlan } from './trial/trial.ts';

export interface PlanOptions {
  /** A path, or STDIN. */
  readonly specFile: string;
  /** What it says, for a spec that lies in no file; `specFile` only names it then. */
  readonly specText?: string | undefined;
  /** `key=value`, applied to the spec in this order. */
  readonly overrides: readonly string[];
  /** Where the user keeps data sets; looked at before the cache folder. */
  readonly dataDir?: string | undefined;
}

/** What a spec comes to, told without its data. */
export interface PlannedTrials {
  readonly spec: SweepSpec;
  readonly specText: string;
  /** In dispatch order. */
  readonly trials: readonly TrialPlan[];
  /** What in the spec does nothing, or other than it says: for the terminal, with place, line and caret. */
  readonly warnings: readonly string[];
}

export interface PlannedSweep extends PlannedTrials {
  readonly source: DatasetSource;
  /** Where the data were looked for in vain, and how they come here; null where they are here. */
  readonly missingData: string | null;
}

/** Parses and expands a spec; looks at no data. Throws SPEC_INVALID, or USAGE for a file that can't be read. */
export async function planTrials({ specFile, overrides, ...given }: PlanOptions): Promise<PlannedTrials> {
  const specText = given.specText ?? (await readSpecText(specFile));
  const parsed = readSpec(specText, { file: specFile, overrides });
  const definition = datasetOf(parsed.spec.dataset.name);
  // Equal trials have equal ids, whatever the spec asked for in excess.
  const { wishes, ...settings } = effectiveSettings(definition, parsed.spec);
  const spec = { ...parsed.spec, ...settings };
  const trials = expandSpec(spec, fingerprintOf(definition));
  const idle = wishes
    .filter(({ path }) => parsed.isWritten(path))
    .map((wish): Finding => ({ code: 'no_effect', isWarning: true, at: 'value', ...wish }));
  const shortfall = findShortfall(spec, trials);
  const refused = shortfall.filter(({ isWarning }) => isWarning !== true);
  if (refused.length > 0) throw parsed.refuse(refused);
  const warnings = [...parsed.warnings, ...[...idle, ...shortfall].map(parsed.describe)];
  return { spec, specText, trials, warnings };
}

/**
 * What `runSweep` would do; writes and downloads nothing. Throws what `planTrials` throws, and DATA_MISSING or
 * DATA_CORRUPT for data that are here and no good.
 */
export async function planSweep(options: PlanOptions): Promise<PlannedSweep> {
  const planned = await planTrials(options);
  const { source, missing } = await expectDataset(planned.spec.dataset, { dataDir: options.dataDir });
  return { ...planned, source, missingData: missing };
}
