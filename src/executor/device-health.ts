import type { TrialId } from '../trial/trial.ts';

const BACK_OFF_MS = [0, 1000, 4000] as const;
const MAX_STRIKES = 3;

/**
 * Decides whether a device that keeps failing is given up. Three failures in a row are too many; but trials that take
 * down every process they meet are at fault themselves, so a failure with a trial that was lost before counts for nothing.
 */
export class DeviceHealth {
  #failures = 0;
  #strikes = 0;
  readonly #lost: Set<TrialId>;

  /** `lost` are the trials that were lost on any device and have not got on since; devices that share trials share it. */
  constructor(lost = new Set<TrialId>()) {
    this.#lost = lost;
  }

  /** The process of the device ended, or didn't start, with these trials in it. */
  failed(trials: readonly TrialId[]): void {
    this.#failures++;
    if (!trials.some((trial) => this.#lost.has(trial))) this.#strikes++;
    for (const trial of trials) this.#lost.add(trial);
  }

  /** The trial finished an epoch or came to its end here: the device works. */
  succeeded(trial: TrialId): void {
    this.#failures = 0;
    this.#strikes = 0;
    this.#lost.delete(trial);
  }

  get healthy(): boolean {
    return this.#strikes < MAX_STRIKES;
  }

  /** How long to wait before the next start, so that a failing driver is not hammered. */
  get backOffMs(): number {
    return BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length) - 1] ?? 0;
  }
}
