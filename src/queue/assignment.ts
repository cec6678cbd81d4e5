import { rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../errors.ts';
import type { Attempt, Executor } from '../executor/executor.ts';
import { TrialFiles } from '../files/trial-files.ts';
import { isOver, TransferClient } from '../transfer/transfer-client.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';
import { CarriedFiles } from './carried-files.ts';
import { UNPREPARED, type JobMessage, type RunRecord } from './messages.ts';
import type { PrepareJob } from './prepare-job.ts';
import type { ReportSender } from './report-sender.ts';

export interface AssignmentOptions {
  readonly executor: Executor;
  readonly prepare: PrepareJob;
  readonly sender: ReportSender;
  /** Of its run. */
  readonly files: RunRecord['files'];
  /** The agent's: each execution has a folder there, which goes with it. */
  readonly workFolder: string;
  /** Why files are on their way again. */
  readonly onTrouble: (reason: string) => void;
  /** What computes on its device. */
  readonly onBitClass: (bitClass: string) => void;
}

/** One execution at an agent, from its message to the report of its outcome. */
export class Assignment {
  readonly message: JobMessage;
  readonly #options: AssignmentOptions;
  #attempt: Attempt | undefined;
  #stop: StopReason | undefined;
  readonly #stopped = new AbortController();
  readonly #abandoned = new AbortController();

  constructor(message: JobMessage, options: AssignmentOptions) {
    this.message = message;
    this.#options = options;
  }

  /** Resolves once Redis has its outcome, or nobody wants it any more. */
  async run(): Promise<void> {
    const { sender, workFolder } = this.#options;
    const { execution } = this.message;
    const directory = path.join(workFolder, execution);
    try {
      const outcome = this.isAbandoned ? undefined : await this.#outcome(directory);
      if (outcome !== undefined && !this.isAbandoned) await sender.outcome(execution, { outcome });
    } finally {
      sender.forget(execution);
      rmSync(directory, { recursive: true, force: true });
    }
  }

  get isAbandoned(): boolean {
    return this.#abandoned.signal.aborted;
  }

  /** The first reason counts. What is being prepared is given up. */
  stop(reason: StopReason): void {
    this.#stop ??= reason;
    this.#stopped.abort();
    this.#attempt?.stop(this.#stop);
  }

  /** Its run is gone, or has given it up: it ends, and says nothing more. */
  abandon(): void {
    this.#abandoned.abort();
    this.#options.sender.forget(this.message.execution);
    this.stop('interrupted');
  }

  async #outcome(directory: string): Promise<TrialOutcome | undefined> {
    const { executor, prepare, sender, files, onTrouble } = this.#options;
    const { execution, device: label } = this.message;
    const clientUntil = (signal: AbortSignal): TransferClient => new TransferClient({ ...files, signal, onTrouble });
    const stopped = (): TrialOutcome | undefined => this.#stop && { kind: 'stopped', reason: this.#stop };
    const before = stopped();
    if (before !== undefined) return before;
    let job: TrialJob;
    try {
      job = await prepare(this.message, clientUntil(this.#stopped.signal), directory);
    } catch (error) {
      return stopped() ?? unlessOver(error, `${UNPREPARED}${messageOf(error)}`);
    }
    const early = stopped();
    if (early !== undefined) return early;
    const device = executor.devices.find((one) => one.label === label);
    if (device?.healthy !== true) return lost(`${label} is no longer used: ${device?.trouble ?? 'it is gone'}`);
    const carried = new CarriedFiles(clientUntil(this.#abandoned.signal), execution, new TrialFiles(directory), () =>
      this.abandon(),
    );
    const hear = (event: TrialEvent): void => {
      carried.event(event);
      if (event.type === 'started') this.#options.onBitClass(event.bitClass);
      if (!this.isAbandoned) sender.event(execution, event);
    };
    this.#attempt = executor.run(job, hear, label);
    const outcome = withoutFolder(await this.#attempt.outcome, directory);
    if (this.isAbandoned) return undefined;
    try {
      await carried.end(outcome);
      return outcome;
    } catch (error) {
      return unlessOver(error, `its files could not be carried: ${messageOf(error)}`);
    }
  }
}

/** Who reads of a file looks for it at the coordinator. */
function withoutFolder(outcome: TrialOutcome, directory: string): TrialOutcome {
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  return { ...outcome, failure: { ...failure, message: failure.message.replaceAll(directory + path.sep, '') } };
}

/** Undefined where it was superseded meanwhile: nobody waits for it. */
function unlessOver(error: unknown, cause: string): TrialOutcome | undefined {
  return isOver(error) ? undefined : lost(cause);
}

function lost(cause: string): TrialOutcome {
  return { kind: 'lost', cause, culprit: 'other' };
}
