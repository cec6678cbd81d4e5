import type { TrialJob } from '../trial/job.ts';
import type { Telling } from './messages.ts';

/**
 * What an attempt far away has told so far. Each message has the right form, but nobody need have trained anything: what
 * can't come next would be refused by the store, which ends a run.
 */
export class Story {
  readonly #job: TrialJob;
  /** Undefined until it said with how many it begins. */
  #epochs: number | undefined;
  /** It was asked to pause, wherever it is. */
  mayPause = false;

  constructor(job: TrialJob) {
    this.#job = job;
  }

  /** Takes what comes next. Returns whether it can be true. */
  continues(item: Telling): boolean {
    const { kind, config } = this.#job;
    const isEpoch = (epoch: number): boolean => kind === 'train' && epoch <= config.train.epochs;
    if ('outcome' in item) {
      const { outcome } = item;
      if (outcome.kind === 'tested') return kind === 'test' && Object.keys(outcome.metrics).every(isOfTest);
      if (outcome.kind === 'stopped' && outcome.reason === 'paused')
        return this.mayPause || (this.#job.kind === 'train' && (this.#epochs ?? 0) >= (this.#job.pauseAt ?? Infinity));
      if (outcome.kind !== 'completed') return true;
      const { epochs, bestEpoch } = outcome.summary;
      return epochs === this.#epochs && bestEpoch <= epochs;
    }
    const { event } = item;
    if (event.type === 'started') {
      if (this.#epochs !== undefined || !isEpoch(event.history.length)) return false;
      this.#epochs = event.history.length;
      return event.history.every(({ epoch }, index) => epoch === index + 1);
    }
    if (event.type !== 'epoch') return true;
    return this.#epochs !== undefined && event.record.epoch === ++this.#epochs && isEpoch(this.#epochs);
  }
}

function isOfTest(name: string): boolean {
  return name.startsWith('test/');
}
