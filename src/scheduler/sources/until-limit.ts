import { quantityOf } from '../../metrics/index.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { Until } from '../../sweep-file/spec.ts';
import { formatNumber } from '../../text/format-number.ts';
import { isSettled } from '../../trial/state.ts';
import type { ConfigId, TrialId } from '../../trial/trial.ts';
import { Patience } from './patience.ts';
import type { Standing } from './standing.ts';

type Metrics = Readonly<Record<string, number>>;

/** A spec's `until`: by what trials come to, whether another configuration is to begin. */
export class UntilLimit {
  readonly #until: Until;
  readonly #seeds: number;
  readonly #patience: Patience | undefined;
  readonly #configs = new Map<TrialId, ConfigId>();
  readonly #values = new Map<ConfigId, Map<TrialId, number>>();
  #reached: string | undefined;

  /** `planned`: the trials of the plan, in its order, as they are. `seeds`: how many of them make a configuration. */
  constructor(
    until: Until,
    seeds: number,
    planned: readonly Pick<TrialRecord, 'id' | 'configId' | 'state' | 'metrics'>[],
  ) {
    this.#until = until;
    this.#seeds = seeds;
    if (until.patience !== null) this.#patience = new Patience({ ...until, patience: until.patience }, seeds);
    for (const { id, configId, state, metrics } of planned) {
      this.take(id, configId);
      if (isSettled(state)) this.hear(id, state === 'completed' ? metrics : undefined);
    }
  }

  /** A trial of the plan, or one that a search has added to it. */
  take(trial: TrialId, configuration: ConfigId): void {
    this.#configs.set(trial, configuration);
    this.#patience?.take(configuration);
  }

  /** A trial has ended: with these metrics, or without a result. */
  hear(trial: TrialId, metrics: Metrics | undefined): void {
    const configuration = this.#configs.get(trial);
    if (configuration === undefined) return;
    const value = metrics?.[this.#until.metric] ?? null;
    this.#patience?.hear(configuration, trial, value);
    if (value !== null) this.#look(configuration, trial, value);
  }

  /** Of one that hasn't begun. */
  standingOf(configuration: ConfigId): Standing {
    if (this.#reached !== undefined) return { over: this.#reached };
    return this.#patience?.standingOf(configuration) ?? 'begins';
  }

  /** Whether a configuration of which all seeds are complete has reached what is aimed at. */
  #look(configuration: ConfigId, trial: TrialId, value: number): void {
    const { reached: aim, goal, metric } = this.#until;
    if (aim === null) return;
    const values = this.#values.get(configuration) ?? new Map<TrialId, number>();
    this.#values.set(configuration, values.set(trial, value));
    if (values.size < this.#seeds) return;
    const mean = [...values.values()].reduce((sum, one) => sum + one, 0) / values.size;
    if (goal === 'maximize' ? mean < aim : mean > aim) return;
    const { decimals } = quantityOf(metric);
    const [reached, wanted] = [mean, aim].map((one) => formatNumber(one, decimals));
    this.#reached ??= `a configuration has reached ${metric} ${reached}, and ${wanted} was asked for`;
  }
}
