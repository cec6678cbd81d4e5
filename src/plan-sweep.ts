/** What a sweep comes to before anything is started or written. */
import path from 'node:path';
import { definitionOf } from './data/definition-of.ts';
import { fingerprintOf, type DatasetDefinition } from './data/definition.ts';
import { effectiveSettings } from './data/effective-settings.ts';
import { expectDataset } from './data/locate.ts';
import { ownImages, type ImageFacts } from './data/own/examine.ts';
import { examineOwn } from './data/own/examine-own.ts';
import { MisfitReading } from './data/own/misfit-reading.ts';
import { labelsToTell } from './data/labels.ts';
import { entryAt } from './data/refusal.ts';
import type { DatasetSource } from './data/source.ts';
import { findLessons, UNTAUGHT, type Teaching } from './run/lessons.ts';
import { readSpecText } from './read-spec-text.ts';
import { confirmationOf, type Confirmation } from './sweep-file/expansion/confirmation.ts';
import { expandSpec, findShortfall, hasLearner } from './sweep-file/expansion/expand.ts';
import { learnedSearch, type LearnedSearch } from './sweep-file/expansion/learned-search.ts';
import type { Finding } from './sweep-file/issue.ts';
import { STDIN } from './files/paths.ts';
import { likelihood } from './model/parameters.ts';
import { casesOf } from './sweep-file/expansion/cases.ts';
import { possibleValues } from './sweep-file/expansion/space.ts';
import { checkImages, checkTold, placesOfConditions } from './sweep-file/checks/check-images.ts';
import { readSpec, type ParsedSpec } from './sweep-file/parse.ts';
import type { SweepSpec } from './sweep-file/spec.ts';
import { findFaults, refuseElsewhere, usedModules } from './used-modules.ts';
import type { DatasetLabels, DatasetSettings, TrialPlan } from './trial/trial.ts';

export interface PlanOptions {
  /** A path, or STDIN. */
  readonly specFile: string;
  /** What it says, for a spec that lies in no file; `specFile` only names it then. */
  readonly specText?: string | undefined;
  /** `key=value`, applied to the spec in this order. */
  readonly overrides: readonly string[];
  /** Where the user keeps data sets; looked at before the cache folder. */
  readonly dataDir?: string | undefined;
  /** Where `learn_from` looks for sweeps; without it a search starts from nothing. */
  readonly resultsDir?: string | undefined;
  /** Present where agents elsewhere are to train, which run nothing that came over the wire. */
  readonly agents?: object | undefined;
}

/** A spec whose data are known. */
export type PlannedSpec = SweepSpec & { readonly dataset: DatasetSettings };

/** What a spec comes to, told without its data, but for a user's own. */
export interface PlannedTrials {
  readonly spec: PlannedSpec;
  readonly specText: string;
  /** In dispatch order. Of a search that learns: those that are known before any result. */
  readonly trials: readonly TrialPlan[];
  /** Proposes the others; undefined where all are known. */
  readonly search: LearnedSearch | undefined;
  /** What that starts from. */
  readonly teaching: Teaching;
  /** How the best are confirmed with more seeds, by trials that are known when all of `trials` and the search's have ended; undefined where none are. */
  readonly confirmation: Confirmation | undefined;
  /** What in the spec does nothing, or other than it says: for the terminal, with place, line and caret. */
  readonly warnings: readonly string[];
}

export interface PlannedSweep extends PlannedTrials {
  readonly source: DatasetSource;
  /** Where the data were looked for in vain, and how they come here; null where they are here. */
  readonly missingData: string | null;
}

/**
 * Parses and expands a spec; looks at no data but a user's own images, whose sizes and fingerprint nobody else knows. Throws
 * SPEC_INVALID, USAGE for a file that can't be read, and DATA_MISSING or DATA_CORRUPT for such images.
 */
export async function planTrials({
  specFile,
  overrides,
  dataDir,
  resultsDir,
  agents,
  ...given
}: PlanOptions): Promise<PlannedTrials> {
  const specText = given.specText ?? (await readSpecText(specFile));
  if (agents !== undefined) refuseElsewhere(specText, { file: specFile, overrides });
  const base = given.specText === undefined && specFile !== STDIN ? path.dirname(specFile) : '.';
  const { own, modules } = await usedModules(specText, { file: specFile, overrides, base });
  const parsed = readSpec(specText, { file: specFile, overrides, own });
  const { facts, ...known } = await knownDataset(parsed, { base, dataDir });
  const definition = definitionOf(known.dataset);
  if (facts !== undefined) {
    const [misfit, ...others] = checkImages(parsed.spec, definition);
    // What data look like may be why models don't fit them.
    const hint = [misfit?.hint, ...facts.doubts].filter((one) => one !== undefined).join('; ');
    if (misfit !== undefined) throw parsed.refuse([{ ...misfit, hint }, ...others]);
  }
  const faults = await findFaults(modules, likelihoodsOf(parsed.spec), {
    ...definition,
    isBinary: definition.isBinary || parsed.spec.dataset.binarization !== 'grey',
  });
  const unusable = faults.filter(({ isWarning }) => isWarning !== true);
  if (unusable.length > 0) throw parsed.refuse(unusable);
  const labels = labelsAskedFor(parsed, definition, facts);
  const dataset = { ...known.dataset, ...(labels && { labels }) };
  // Equal trials have equal ids, whatever the spec asked for in excess.
  const { wishes, ...settings } = effectiveSettings(definition, { ...parsed.spec, dataset });
  const spec = { ...parsed.spec, ...settings };
  const fingerprint = fingerprintOf(definition);
  const untaught = hasLearner(spec) ? learnedSearch(spec, fingerprint) : undefined;
  const teaching =
    hasLearner(spec) && resultsDir !== undefined
      ? findLessons({ spec, fingerprint }, untaught!.key, resultsDir, parsed.refuse)
      : UNTAUGHT;
  const search = untaught?.taught(teaching.lessons);
  const trials = expandSpec(spec, fingerprint, { lessons: teaching.lessons });
  const confirmation = confirmationOf(spec, fingerprint);
  const deaf = checkTold(
    spec,
    search ? (casesOf(spec) ?? []) : trials.map(({ config }) => config.parameters),
    definition,
  );
  if (deaf.length > 0) throw parsed.refuse(deaf);
  const idle = wishes
    .filter(({ path }) => parsed.isWritten(path))
    .map((wish): Finding => ({ code: 'no_effect', isWarning: true, at: 'value', ...wish }));
  const shortfall = findShortfall(spec, trials);
  const refused = shortfall.filter(({ isWarning }) => isWarning !== true);
  if (refused.length > 0) throw parsed.refuse(refused);
  const doubts = (facts?.doubts ?? []).map((message): Finding => ({
    code: 'no_effect',
    isWarning: true,
    at: 'value',
    path: ['dataset'],
    message,
  }));
  const warnings = [...parsed.warnings, ...[...doubts, ...faults, ...idle, ...shortfall].map(parsed.describe)];
  return { spec, specText, trials, search, teaching, confirmation, warnings };
}

/** All that a configuration may have. */
function likelihoodsOf(spec: SweepSpec): unknown[] {
  const axis = spec.axes.find(({ parameter }) => parameter === likelihood.name)!;
  return [...(possibleValues(spec, axis) ?? []), ...spec.tried.map((one) => one[likelihood.name])];
}

/** With what is known of a user's own images, which are read for it, unless they were before and haven't changed. */
async function knownDataset(
  { spec, refuse, isOverridden }: ParsedSpec,
  { base, dataDir }: { readonly base: string; readonly dataDir: string | undefined },
): Promise<{ readonly dataset: DatasetSettings; readonly facts?: ImageFacts }> {
  const { path: written, reading, ...settings } = spec.dataset;
  if (written === undefined) return { dataset: settings };
  // What is typed is meant from where one is, what stands in a file from where that is.
  const isTyped = isOverridden(['dataset']) || isOverridden(['dataset', 'path']);
  const place = path.resolve(isTyped ? '.' : base, written);
  const elsewhere = dataDir === undefined ? [] : [path.resolve(dataDir, path.basename(place))];
  for (const candidate of [place, ...elsewhere]) {
    if ((await entryAt(candidate)) === 'nothing') continue;
    const { file, facts } = await examineOwn(candidate, { reading }).catch((error: unknown) => {
      if (!(error instanceof MisfitReading)) throw error;
      const { key, at, what, fix } = error.misfit;
      const hint = fix[0]!.toLowerCase() + fix.slice(1);
      const isSaid = reading?.[key] !== undefined;
      const message = (isSaid ? `\`${key}\` doesn't fit ` : '') + `${candidate}: ${what}`;
      const where = isSaid ? ['dataset', key] : ['dataset'];
      throw refuse([{ code: 'conflict', path: where, at: isSaid ? at : 'value', message, hint }]);
    });
    const own = ownImages(file, facts, reading);
    return { dataset: { ...settings, name: path.basename(candidate), own }, facts };
  }
  const message = `there is no file and no folder ${place}${elsewhere.map((other) => `, and no ${other}`).join('')}`;
  throw refuse([{ code: 'not_allowed', path: ['dataset'], at: 'value', message }]);
}

/** Those that models are told, where the spec has any that are. @throws SpecError where the data have none to tell */
function labelsAskedFor(
  { spec, refuse }: ParsedSpec,
  definition: DatasetDefinition,
  facts: ImageFacts | undefined,
): DatasetLabels | undefined {
  const asking = placesOfConditions(spec);
  if (asking.length === 0) return undefined;
  const found = labelsToTell(definition, facts?.labels);
  if (!('problem' in found)) return found;
  const message = `\`condition: label\` needs labels, and ${found.problem}`;
  throw refuse(asking.map((path) => ({ code: 'conflict', path, at: 'value', message, hint: found.hint })));
}

/**
 * What `runSweep` would do; downloads nothing, and writes nothing but what it found in own images, to the user's cache.
 * Throws what `planTrials` throws, and DATA_MISSING or DATA_CORRUPT for data that are here and no good.
 */
export async function planSweep(options: PlanOptions): Promise<PlannedSweep> {
  const planned = await planTrials(options);
  const { source, missing } = await expectDataset(planned.spec.dataset, { dataDir: options.dataDir });
  return { ...planned, source, missingData: missing };
}
