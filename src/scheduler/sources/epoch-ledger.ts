import { budgetUse } from '../../analysis/progress/budget-use.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { EpochCounts } from '../../store/store.ts';
import type { TrialId } from '../../trial/trial.ts';

/**
 * Epochs of a sweep: what was trained, and what those in training may yet train, which is counted when they begin. What a
 * trial didn't train is given back when it ends, or pauses.
 */
export class EpochLedger {
  readonly #counts: Map<TrialId, EpochCounts>;
  readonly #open = new Map<TrialId, { readonly target: number; readonly cost: number }>();
  #trained: number;
  #expected = 0;

  /** `known`: all trials that the sweep has. */
  constructor(known: readonly TrialRecord[]) {
    this.#trained = budgetUse(known).epochs;
    this.#counts = new Map(
      known.map((trial) => [trial.id, { recorded: trial.epochs, trained: budgetUse([trial]).epochs }]),
    );
  }

  /** Of all trials. */
  get used(): number {
    return this.#trained + this.#expected;
  }

  /** Of `used`: what may be given back. */
  get expected(): number {
    return this.#expected;
  }

  get isTraining(): boolean {
    return this.#open.size > 0;
  }

  /** How many epochs are on record of a trial. */
  reached(trial: TrialId): number {
    return this.#counts.get(trial)?.recorded ?? 0;
  }

  /** After which epoch it waits; of one in training, to which it is trained. */
  target(trial: TrialId): number {
    return this.#open.get(trial)?.target ?? this.reached(trial);
  }

  /** It is trained to epoch `target`, from `start` on. */
  open(trial: TrialId, start: number, target: number): void {
    this.#expect(trial, { target, cost: Math.max(0, target - start) });
  }

  /** It goes on from what is on record of it by now: where its checkpoint was refused, from the first epoch. */
  started(trial: TrialId, counts: EpochCounts): void {
    if (!this.#open.has(trial)) return;
    const target = this.target(trial);
    this.#learn(trial, counts);
    this.open(trial, counts.recorded, target);
  }

  /** It is in training no more. Without `counts` it wasn't since it was opened. */
  close(trial: TrialId, counts?: EpochCounts): void {
    if (!this.#open.has(trial)) return;
    if (counts !== undefined) this.#learn(trial, counts);
    this.#expect(trial, undefined);
  }

  #learn(trial: TrialId, counts: EpochCounts): void {
    this.#trained += counts.trained - (this.#counts.get(trial)?.trained ?? 0);
    this.#counts.set(trial, counts);
  }

  #expect(trial: TrialId, open: { readonly target: number; readonly cost: number } | undefined): void {
    this.#expected += (open?.cost ?? 0) - (this.#open.get(trial)?.cost ?? 0);
    if (open === undefined) this.#open.delete(trial);
    else this.#open.set(trial, open);
  }
}
