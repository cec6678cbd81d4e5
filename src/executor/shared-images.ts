import type { LoadedImages } from './device-protocol.ts';
import type { TrialJob } from '../trial/job.ts';

/**
 * The images of a device process: its threads share those of the last job, which in a sweep are those of every job. They
 * are loaded once, whoever asks meanwhile.
 */
export class SharedImages {
  readonly #load: (job: TrialJob) => Promise<LoadedImages>;
  #last: { readonly key: string; readonly loaded: Promise<LoadedImages> } | undefined;

  constructor(load: (job: TrialJob) => Promise<LoadedImages>) {
    this.#load = load;
  }

  /** Rejects as `load` does. What failed is tried again by the next job. */
  async of(job: TrialJob): Promise<LoadedImages> {
    // Told labels or not, trials of a sweep have the same images.
    const { labels, fingerprint } = job.dataset;
    const key = JSON.stringify([fingerprint, { ...job.config.dataset, labels }]);
    if (this.#last?.key !== key) this.#last = { key, loaded: this.#load(job) };
    const last = this.#last;
    let isLoaded = false;
    try {
      const loaded = await last.loaded;
      isLoaded = 'images' in loaded;
      return loaded;
    } finally {
      if (!isLoaded && this.#last === last) this.#last = undefined;
    }
  }
}
