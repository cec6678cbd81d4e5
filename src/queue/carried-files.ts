import { TRIAL_FILES, type TrialFile, type TrialFiles } from '../files/trial-files.ts';
import { isOver, type TransferClient } from '../transfer/transfer-client.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialOutcome } from '../trial/outcome.ts';

/** A lost machine costs as much training as this, and the time of an epoch. */
const CHECKPOINT_EVERY_MS = 10_000;
const RESULTS = (Object.keys(TRIAL_FILES) as TrialFile[]).filter((file) => file !== 'checkpoint');

/** Takes the files of one execution to its coordinator: checkpoints now and then, results before their outcome. */
export class CarriedFiles {
  readonly #client: TransferClient;
  readonly #execution: string;
  readonly #files: TrialFiles;
  readonly #onOver: () => void;
  #checkpointAt = performance.now();
  #isCurrent = true;
  #carrying: Promise<void> | undefined;

  /** `onOver` hears that the coordinator has given the execution up. */
  constructor(client: TransferClient, execution: string, files: TrialFiles, onOver: () => void) {
    this.#client = client;
    this.#execution = execution;
    this.#files = files;
    this.#onOver = onOver;
  }

  event(event: TrialEvent): void {
    if (event.type !== 'epoch') return;
    this.#isCurrent = false;
    if (this.#carrying !== undefined || performance.now() - this.#checkpointAt < CHECKPOINT_EVERY_MS) return;
    this.#isCurrent = true;
    this.#carrying = this.#carry('checkpoint')
      .catch((error: unknown) => {
        // The next one, or the one at the end, is as good.
        this.#isCurrent = false;
        if (isOver(error)) this.#onOver();
      })
      .finally(() => {
        this.#checkpointAt = performance.now();
        this.#carrying = undefined;
      });
  }

  /** Rejects where the coordinator takes no more of it, or has no room. */
  async end({ kind }: TrialOutcome): Promise<void> {
    await this.#carrying;
    if (kind === 'completed') {
      for (const file of RESULTS.filter((one) => this.#files.has(one))) await this.#carry(file);
    } else if ((kind === 'stopped' || kind === 'lost') && !this.#isCurrent && this.#files.has('checkpoint')) {
      await this.#carry('checkpoint');
    }
  }

  #carry(file: TrialFile): Promise<void> {
    return this.#client.putTrialFile(this.#execution, file, this.#files.path(file));
  }
}
