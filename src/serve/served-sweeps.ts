import type { ResultsLayout } from '../files/paths.ts';
import { findSweep } from '../answers/find-results.ts';
import type { ReadModel } from '../store/read-model.ts';
import { readResults } from '../store/read-results.ts';
import { LiveSweep } from './live-sweep.ts';

/** The sweeps of a results folder that somebody has asked for, as they are now. */
export class ServedSweeps {
  readonly #layout: ResultsLayout;
  readonly #name: string | undefined;
  readonly #live = new Map<string, LiveSweep>();
  #names: readonly string[] = [];
  #shown = '';

  /** `name`: shown first; by default the one started last. */
  constructor(layout: ResultsLayout, name: string | undefined) {
    this.#layout = layout;
    this.#name = name;
  }

  /** All there are, the one started last first. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Who names none means this one. */
  get shown(): string {
    return this.#shown;
  }

  get isAnyRunning(): boolean {
    return [...this.#live.values()].some(({ state }) => state === 'running');
  }

  /** @throws SweepError NOT_FOUND where the one to be shown isn't there, saying what there is instead */
  read(model: ReadModel): void {
    this.#names = model.sweeps().map(({ name }) => name);
    const wanted = this.#name ?? this.#names[0];
    this.#shown = this.#names.find((name) => name === wanted) ?? findSweep(model, this.#name).sweep.name;
    if (!this.#live.has(this.#shown)) this.#live.set(this.#shown, new LiveSweep());
    const idLength = model.idLength();
    for (const [name, live] of this.#live) {
      const snapshot = model.snapshot(name);
      if (snapshot !== undefined) live.update(snapshot, idLength);
    }
  }

  /** Kept up to date from now on; undefined where there is none of that name. */
  called(name: string): LiveSweep | undefined {
    if (!this.#names.includes(name)) return undefined;
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const live = new LiveSweep();
    this.#live.set(name, live);
    readResults(this.#layout, (results) => this.read(results));
    return live;
  }
}
