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
import type { ExecutionEnd, JobMessage, RunEntry } from './messages.ts';
import type { PrepareJob } from './prepare-job.ts';
import type { ReportSender } from './report-sender.ts';

export interface AssignmentOptions {
  readonly executor: Executor;
  readonly prepare: PrepareJob;
  readonly sender: ReportSender;
  /** Of its run. */
  readonly files: RunEntry['files'];
  /** The agent's: each execution has a folder there, which goes with it. */
  readonly workFolder: string;
  /** Why files are on their way again. */
  readonly onTrouble: (reason: string) => void;
  /** What computes on its device. */
  readonly onBitClass: (bitClass: string) => void;
  /** How long an epoch took. */
  readonly onEpoch: (seconds: number) => void;
}

/** One execution at an agent, from its message to the report of its outcome. */
export class Assignment {
  readonly message: JobMessage;
  readonly #options: AssignmentOptions;
  readonly #directory: string;
  /** Its device's, once it is prepared. */
  #attempt: Attempt | undefined;
  /** Aborted with the first reason to stop, or since its agent takes nothing more. */
  readonly #stopped = new AbortController();
  /** Aborted once its files are wanted no more. */
  readonly #over = new AbortController();
  /** Nobody hears of it any more. */
  #isAbandoned = false;
  /** It has done an epoch. */
  #hasGotOn = false;

  constructor(message: JobMessage, options: AssignmentOptions) {
    this.message = message;
    this.#options = options;
    this.#directory = path.join(options.workFolder, message.execution);
  }

  /** Resolves once Redis has its outcome, or nobody wants it any more. */
  async run(): Promise<void> {
    const { sender } = this.#options;
    const { execution } = this.message;
    let end: ExecutionEnd | undefined;
    try {
      end = this.isStopped ? this.#unbegun : await this.#end();
      if (end !== undefined && !this.isAbandoned) await sender.outcome(execution, end);
    } finally {
      if (end === undefined || this.isAbandoned) sender.forget(execution);
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Others go on with it: it brings nothing more. */
  get isSuperseded(): boolean {
    return this.#over.signal.aborted;
  }

  /** Nothing else may be on its device: until it gets on, as at its coordinator. */
  get isAlone(): boolean {
    return this.message.alone && !this.#hasGotOn;
  }

  /** The first reason counts. What is being prepared is given up. */
  stop(reason: StopReason): void {
    this.#stopped.abort(reason);
    this.#attempt?.stop(reason);
  }

  /** Its agent is to end: what has begun is saved, the rest is another's to begin. */
  drain(): void {
    this.#stopped.abort(undefined);
    this.#attempt?.stop('interrupted');
  }

  /** Its run has given it up, or is about to: it ends, and tells how, when it can. */
  supersede(): void {
    this.#over.abort();
    this.#options.sender.release(this.message.execution);
    this.stop('interrupted');
  }

  /** Its run is gone: it ends, and says nothing more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.supersede();
    this.#options.sender.forget(this.message.execution);
  }

  /** How it ends where it was stopped before it began. */
  get #unbegun(): ExecutionEnd {
    if (this.isSuperseded) return { kind: 'superseded', outcome: { kind: 'declined' } };
    const reason: unknown = this.#stopped.signal.reason;
    return reason === 'interrupted' || reason === 'paused' ? { kind: 'stopped', reason } : { kind: 'declined' };
  }

  /** Undefined where it was given up before it began. */
  async #end(): Promise<ExecutionEnd | undefined> {
    let job: TrialJob;
    try {
      job = await this.#options.prepare(this.message, this.#client(this.#stopped.signal), this.#directory);
    } catch (error) {
      if (this.isStopped) return this.#unbegun;
      return isOver(error) ? undefined : { kind: 'unprepared', cause: messageOf(error) };
    }
    return this.isStopped ? this.#unbegun : this.#train(job);
  }

  async #train(job: TrialJob): Promise<ExecutionEnd> {
    const { executor, sender, onBitClass, onEpoch } = this.#options;
    const { execution, device: label } = this.message;
    const device = executor.devices.find((one) => one.label === label);
    if (device?.healthy !== true) return lost(`${label} is no longer used: ${device?.trouble ?? 'it is gone'}`);
    const client = this.#client(this.#over.signal);
    const carried = new CarriedFiles(client, execution, new TrialFiles(this.#directory), () => this.supersede());
    const hear = (event: TrialEvent): void => {
      carried.event(event);
      if (event.type === 'started') onBitClass(event.bitClass);
      if (event.type === 'epoch') {
        this.#hasGotOn = true;
        onEpoch(event.record.seconds);
      }
      if (!this.isAbandoned) sender.event(execution, event);
    };
    this.#attempt = executor.run(job, hear, label);
    const outcome = withoutFolder(await this.#attempt.outcome, this.#directory);
    if (!this.isSuperseded) {
      try {
        await carried.end(outcome);
        return outcome;
      } catch (error) {
        const isGivenUp = isOver(error) || this.#over.signal.aborted;
        if (!isGivenUp) return lost(`its files could not be carried: ${messageOf(error)}`);
      }
    }
    return { kind: 'superseded', outcome };
  }

  #client(signal: AbortSignal): TransferClient {
    const { files, onTrouble } = this.#options;
    return new TransferClient({ ...files, signal, onTrouble });
  }
}

/** Who reads of a file looks for it at the coordinator. */
function withoutFolder(outcome: TrialOutcome, directory: string): TrialOutcome {
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  return { ...outcome, failure: { ...failure, message: failure.message.replaceAll(directory + path.sep, '') } };
}

function lost(cause: string): TrialOutcome {
  return { kind: 'lost', cause, culprit: 'other' };
}
