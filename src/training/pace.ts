/** A run of a program aims at this long: short enough to stop soon, long enough that the call costs nothing. */
const RUN_SECONDS = 0.5;

/**
 * How many steps the next run of a program takes. The first is one step, which measures the speed: a step may honestly
 * take long, and until a run ends nothing is heard of the trial.
 */
export class Pace {
  readonly #most: number;
  #steps = 1;

  constructor(most = Infinity) {
    this.#most = most;
  }

  get steps(): number {
    return this.#steps;
  }

  measured(steps: number, seconds: number): void {
    this.#steps = Math.min(this.#most, Math.max(1, Math.round((RUN_SECONDS * steps) / seconds)));
  }
}
