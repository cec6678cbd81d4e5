/** `--where` of commands that look at all trials, whether or not the present plan names them. */
import { parseFilter, selectTrials } from '../../analysis/filter.ts';
import { SweepError } from '../../errors.ts';
import type { SweepSnapshot } from '../../store/read-model.ts';

/** The sweep with only the trials of which it holds. Throws as `parseFilter`. */
export function chosenTrials(snapshot: SweepSnapshot, where: readonly string[] | undefined): SweepSnapshot {
  if (where === undefined) return snapshot;
  const { trials, outside } = snapshot;
  const filter = parseFilter(where, { ...snapshot, trials: [...trials, ...outside], outside: [] });
  return { ...snapshot, trials: selectTrials(trials, filter), outside: selectTrials(outside, filter) };
}

/**
 * Of several sweeps those that have such trials.
 * @throws SweepError as `parseFilter` does for the first of them, if none has; USAGE only where none knows what is asked for
 */
export function chosenSweeps(
  snapshots: readonly SweepSnapshot[],
  where: readonly string[] | undefined,
): readonly SweepSnapshot[] {
  const refusals: SweepError[] = [];
  const chosen = snapshots.flatMap((snapshot) => {
    try {
      return [chosenTrials(snapshot, where)];
    } catch (error) {
      if (!(error instanceof SweepError)) throw error;
      refusals.push(error);
      return [];
    }
  });
  const refusal = refusals.find(({ code }) => code === 'NOT_FOUND') ?? refusals[0];
  if (chosen.length === 0 && refusal !== undefined) throw refusal;
  return chosen;
}
