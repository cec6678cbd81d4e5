import type { Until } from '../../sweep-file/spec.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import type { ConfigId, TrialId } from '../../trial/trial.ts';
import type { Standing } from './standing.ts';

/**
 * Ends a sweep when so many configurations in a row, in the order of the plan, bettered nothing. Configuration i is trained if
 * those up to i − `lookahead` leave it to be, and waits until they are there: so the same ones are trained with any number of
 * slots. One that failed, diverged or was pruned betters nothing.
 */
export class Patience {
  readonly #until: Until & { readonly patience: number };
  readonly #seeds: number;
  readonly #order: ConfigId[] = [];
  readonly #places = new Map<ConfigId, number>();
  readonly #values = new Map<ConfigId, Map<TrialId, number | null>>();
  /** How many, from the first on, were looked at. */
  #decided = 0;
  #best: { readonly value: number; readonly place: number } | undefined;
  #inVain = 0;
  #isOver = false;

  constructor(until: Until & { readonly patience: number }, seeds: number) {
    this.#until = until;
    this.#seeds = seeds;
  }

  /** Those that are not known yet follow all others. */
  take(configuration: ConfigId): number {
    const place = this.#places.get(configuration) ?? this.#order.push(configuration) - 1;
    this.#places.set(configuration, place);
    return place;
  }

  /** A trial has ended; `value` is null where it has no result. The first end counts. */
  hear(configuration: ConfigId, trial: TrialId, value: number | null): void {
    const values = this.#values.get(configuration) ?? new Map<TrialId, number | null>();
    if (!values.has(trial)) this.#values.set(configuration, values.set(trial, value));
    this.#decide();
  }

  standingOf(configuration: ConfigId): Standing {
    // The first so many results tell what becomes of it.
    const seen = this.take(configuration) - this.#until.lookahead + 1;
    if (seen <= this.#decided && !(this.#isOver && seen === this.#decided)) return 'begins';
    return this.#isOver ? { over: this.#reason } : 'waits';
  }

  /** `its last 10 configurations bettered nothing: val/elbo -45.33, of configuration 14, stays the best`. */
  get #reason(): string {
    const { metric, patience } = this.#until;
    const last = patience === 1 ? 'its last configuration' : `its last ${count(patience, 'configuration')}`;
    if (this.#best === undefined) return `${last} had no result, nor had any before`;
    const value = formatNumber(this.#best.value, quantityOf(metric).decimals);
    return `${last} bettered nothing: ${metric} ${value}, of configuration ${this.#best.place + 1}, stays the best`;
  }

  #decide(): void {
    while (!this.#isOver && this.#decided < this.#order.length) {
      const values = [...(this.#values.get(this.#order[this.#decided]!)?.values() ?? [])];
      if (values.length < this.#seeds) return;
      const mean = values.some((value) => value === null)
        ? null
        : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
      if (mean !== null && this.#isBetter(mean)) {
        this.#best = { value: mean, place: this.#decided };
        this.#inVain = 0;
      } else this.#inVain++;
      this.#decided++;
      this.#isOver = this.#inVain >= this.#until.patience;
    }
  }

  #isBetter(value: number): boolean {
    if (this.#best === undefined) return true;
    return this.#until.goal === 'maximize' ? value > this.#best.value : value < this.#best.value;
  }
}
