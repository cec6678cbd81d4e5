import type { TrialId } from '../trial/trial.ts';

const BACK_OFF_MS = [0, 1000, 4000] as const;
const MAX_STRIKES = 3;

/**
 * Decides whether a device that keeps failing is given up. Three failures in a row are too many; but a trial that takes
 * down every process it meets is at fault itself, so its repeated failures count once.
 */
export class DeviceHealth {
  #failures = 0;
  #strikes = 0;
  readonly #seen = new Set<TrialId>();

  /** The process of the device ended, or didn't start, with these trials in it. */
  failed(trials: readonly TrialId[]): void {
    this.#failures++;
    if (!trials.some((trial) => this.#seen.has(trial))) this.#strikes++;
    for (const trial of trials) this.#seen.add(trial);
  }

  /** A trial finished an epoch or came to its end here: the device works. */
  succeeded(): void {
    this.#failures = 0;
    this.#strikes = 0;
    this.#seen.clear();
  }

  get healthy(): boolean {
    return this.#strikes < MAX_STRIKES;
  }

  /** How long to wait before the next start, so that a failing driver is not hammered. */
  get backOffMs(): number {
    return BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length) - 1] ?? 0;
  }
}
