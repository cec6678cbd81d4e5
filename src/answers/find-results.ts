/** Finding what a user names among the results. */
import { checkIdentity } from './check-identity.ts';
import { SweepError } from '../errors.ts';
import { plain } from '../text/printable.ts';
import { nearest } from '../sweep-file/suggest.ts';
import type { ReadModel, SnapshotMetrics, SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import type { TrialState } from '../trial/state.ts';

/** The sweep of this name, or the one started last. @throws SweepError NOT_FOUND, naming those there are. */
export function findSweep(model: ReadModel, name: string | undefined, metrics?: SnapshotMetrics): SweepSnapshot {
  const names = model.sweeps().map((sweep) => sweep.name);
  const wanted = name ?? names[0];
  if (wanted === undefined) throw new SweepError('NOT_FOUND', 'No sweep here yet. Start one with `sweep run SPEC`.');
  const snapshot = model.snapshot(wanted, metrics);
  if (snapshot !== undefined) {
    // Who wants the objective alone is in a hurry: it looks itself where it tells a configuration.
    if (metrics !== 'objective') checkIdentity([...snapshot.trials, ...snapshot.outside], snapshot.sweep, model.file);
    return snapshot;
  }
  throw new SweepError(
    'NOT_FOUND',
    `No sweep called \`${plain(wanted)}\`.${hintOf(wanted, names)} Sweeps here: ${names.join(', ')}.`,
  );
}

/** What may be meant by a name that no sweep has, as a sentence. */
function hintOf(wanted: string, names: readonly string[]): string {
  if (/^(last|latest|newest|current)$/i.test(wanted)) return ' Without a name it is the newest.';
  if (/^(csv|html|json|latex|tex|md|markdown|ndjson|parquet|brief)$/i.test(wanted))
    return ' Forms are chosen by --format.';
  if (/^[\w.]+[=<>]/.test(wanted)) return ' Trials are chosen by --where.';
  // A spec's file is called as its sweep is.
  const name = wanted.replace(/^.*[\\/]/, '').replace(/\.(ya?ml|json)$/i, '');
  const near = names.includes(name) ? name : nearest(name, names);
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}

/** A place in the ranking may be meant. */
function rankHint(word: string): string {
  return /^(\d{1,2}|best)$/.test(word) ? ' `sweep show best` shows a trial of #1 of the report.' : '';
}

const LISTED_TRIALS = 10;

/** Of several sweeps that have a trial, the one that knows most of it, by its state there. */
const MOST_TOLD_FIRST: readonly TrialState[] = [
  'completed',
  'running',
  'pruned',
  'diverged',
  'failed',
  'cancelled',
  'queued',
];

/**
 * The trial whose id starts with `prefix`. Where several sweeps have it, as the first of these: completed, running,
 * ended, queued; and of equals, as the sweep has it that trains it itself and still plans it.
 * @throws SweepError NOT_FOUND without one, USAGE for more than one, listing them.
 */
export function findTrial(model: ReadModel, prefix: string): TrialRecord {
  const found = /^[0-9a-f]+$/i.test(prefix) ? model.trialsByPrefix(prefix.toLowerCase()) : [];
  const ids = [...new Set(found.map(({ id }) => id))];
  if (ids.length > 1) {
    const listed = ids.slice(0, LISTED_TRIALS).join(', ') + (ids.length > LISTED_TRIALS ? ', …' : '');
    throw new SweepError(
      'USAGE',
      `${ids.length} trials' ids start with \`${prefix}\`: ${listed}. Give more digits.${rankHint(prefix)}`,
    );
  }
  const order = ({ state, reusedFrom, inPlan }: TrialRecord): number =>
    4 * MOST_TOLD_FIRST.indexOf(state) + 2 * Number(reusedFrom !== null) + Number(!inPlan);
  const [trial] = found.toSorted((a, b) => order(a) - order(b));
  if (trial !== undefined) {
    checkIdentity(
      [trial],
      model.sweeps().find(({ name }) => name === trial.sweep)!,
      model.file,
    );
    return trial;
  }
  throw new SweepError(
    'NOT_FOUND',
    `No trial's id starts with \`${plain(prefix)}\`. ` +
      `Ids are in \`sweep show\` and \`sweep export\`.${rankHint(prefix)}`,
  );
}

/** Whether `word` names a sweep rather than a trial. @throws SweepError NOT_FOUND where it can be neither */
export function isSweepName(model: ReadModel, word: string): boolean {
  const names = model.sweeps().map(({ name }) => name);
  if (names.includes(word)) return true;
  if (/^[0-9a-f]+$/i.test(word)) return false;
  throw new SweepError(
    'NOT_FOUND',
    `No sweep is called \`${plain(word)}\`, and no trial's id starts so.${hintOf(word, [...names, 'best'])} Sweeps here: ${names.join(', ')}.`,
  );
}
