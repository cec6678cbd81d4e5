import { sweepStatus } from '../analysis/progress/status.ts';
import { distinctValues } from '../analysis/parameters.ts';
import { quantityOf } from '../metrics/index.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { isFinished } from '../trial/state.ts';
import { formatNumber } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import type { TrialId } from '../trial/trial.ts';
import type { LiveMessage, LiveTrial } from './live-message.ts';

/**
 * A sweep as its readers were told it, in revisions. It remembers of each trial the revision in which it last changed, so
 * whoever was away is told all that it missed at once, and memory is that of the sweep, however long it is watched.
 */
export class LiveSweep {
  #revision = 0;
  #head = '';
  #message: Omit<LiveMessage, 'trials'> | undefined;
  readonly #trials = new Map<
    TrialId,
    { readonly text: string; readonly trial: LiveTrial; readonly revision: number }
  >();

  /** 0 before the first update. */
  get revision(): number {
    return this.#revision;
  }

  get state(): LiveMessage['state'] | undefined {
    return this.#message?.state;
  }

  /** Takes the sweep as it is now; another revision where something that is told differs. */
  update(snapshot: SweepSnapshot, idLength: number): void {
    const next = this.#revision + 1;
    const message = headOf(snapshot);
    const head = JSON.stringify(message);
    let isChanged = head !== this.#head;
    const gone = new Set(this.#trials.keys());
    const labelOf = labels(snapshot);
    for (const record of snapshot.trials) {
      gone.delete(record.id);
      const trial = liveTrial(record, record.id.slice(0, idLength), labelOf(record));
      const text = JSON.stringify(trial);
      if (this.#trials.get(record.id)?.text === text) continue;
      this.#trials.set(record.id, { text, trial, revision: next });
      isChanged = true;
    }
    // The counts tell of those that an edit took from the plan.
    for (const id of gone) this.#trials.delete(id);
    if (!isChanged && gone.size === 0) return;
    this.#head = head;
    this.#message = message;
    this.#revision = next;
  }

  /** What changed after a revision, all of it after 0; with the trials that train now, for who knows none. */
  since(revision: number, withRunning = false): LiveMessage {
    const told = [...this.#trials.values()].filter((each) => {
      return each.revision > revision || (withRunning && each.trial.state === 'running');
    });
    return { ...this.#message!, trials: told.map(({ trial }) => trial) };
  }
}

function headOf(snapshot: SweepSnapshot): Omit<LiveMessage, 'trials'> {
  const { sweep, state, trials, metric, best, eta } = sweepStatus(snapshot);
  return {
    ...{ sweep, state, counts: trials, metric },
    best:
      best === null
        ? null
        : {
            label: labels(snapshot)({ params: best.params }),
            value: formatNumber(best.estimate.mean, quantityOf(metric).decimals),
          },
    // Tens of seconds: a figure that flickers each epoch would be a message each.
    etaSeconds: eta === null ? null : Math.ceil(eta.seconds / 10) * 10,
  };
}

function labels({ trials }: SweepSnapshot): (trial: Pick<TrialRecord, 'params'>) => string {
  const names = Object.keys(Object.assign({}, ...trials.map(({ params }) => params)) as object);
  const differing = names.filter((name) => distinctValues(trials, name).length > 1);
  return ({ params }) =>
    differing
      .filter((name) => Object.hasOwn(params, name))
      .map((name) => `${name}=${formatValue(params[name])}`)
      .join(' ');
}

function liveTrial(record: TrialRecord, id: string, label: string): LiveTrial {
  const { seed, state, cause, epochs, config, device, lastElbo, metrics } = record;
  const elbo = isFinished(state) ? (metrics['val/elbo'] ?? null) : lastElbo;
  return { ...{ id, label, seed, state, cause, device, elbo }, epoch: epochs, epochs: config.train.epochs };
}
