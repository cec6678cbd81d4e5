import type { Executor } from '../executor/executor.ts';
import type { StopReason } from '../trial/outcome.ts';
import type { Assignment } from './assignment.ts';

/** What an agent was given to do: each waits for a slot of its device, and is here until its outcome is told. */
export class Assignments {
  readonly #executor: Executor;
  readonly #onLog: (message: string) => void;
  /** By execution, in the order in which they came. */
  readonly #all = new Map<string, Assignment>();
  readonly #waiting = new Set<Assignment>();
  /** Those that have a slot, by device. */
  readonly #running = new Map<string, Set<Assignment>>();
  /** Since when there is nothing to do. */
  idleSince = performance.now();

  constructor(executor: Executor, onLog: (message: string) => void) {
    this.#executor = executor;
    this.#onLog = onLog;
  }

  get isIdle(): boolean {
    return this.#all.size === 0;
  }

  /** Of those that somebody still waits for. */
  get executions(): string[] {
    return [...this.#all].flatMap(([execution, { isSuperseded }]) => (isSuperseded ? [] : [execution]));
  }

  has(execution: string): boolean {
    return this.#all.has(execution);
  }

  add(assignment: Assignment): void {
    this.#all.set(assignment.message.execution, assignment);
    this.#waiting.add(assignment);
    this.fill();
  }

  /**
   * Jobs of all runs in the order in which they came: so runs that ask for the same devices take turns. One that is to be
   * alone there waits until all before it are done, and those behind it wait for it.
   */
  fill(): void {
    const blocked = new Set<string>();
    const devices = new Map(this.#executor.devices.map((device) => [device.label, device]));
    for (const assignment of [...this.#waiting]) {
      const { isAlone, message } = assignment;
      const label = message.device;
      const device = devices.get(label);
      // On a device that is gone it is lost at once. One that was stopped needs no slot to say so.
      const mayWait = device?.healthy === true && !assignment.isStopped;
      const running = [...(this.#running.get(label) ?? [])];
      const isTaken = blocked.has(label) || running.some((one) => one.isAlone);
      if (mayWait && (isTaken || running.length >= (isAlone ? 1 : device.slots))) {
        if (isAlone) blocked.add(label);
        continue;
      }
      void this.#run(assignment);
    }
  }

  stop(execution: string, reason: StopReason): void {
    this.#all.get(execution)?.stop(reason);
    this.fill();
  }

  drain(): void {
    for (const assignment of this.#all.values()) assignment.drain();
    this.fill();
  }

  /** Others go on with all that is here. */
  supersede(): void {
    for (const assignment of this.#all.values()) assignment.supersede();
    this.fill();
  }

  /** Nobody waits for them: they end, and say nothing more. */
  abandon(which: (assignment: Assignment) => boolean = () => true): void {
    for (const assignment of this.#all.values()) if (which(assignment)) assignment.abandon();
    this.fill();
  }

  async #run(assignment: Assignment): Promise<void> {
    const { device, execution, trial } = assignment.message;
    this.#waiting.delete(assignment);
    const running = this.#running.get(device) ?? new Set();
    this.#running.set(device, running.add(assignment));
    try {
      await assignment.run();
    } catch (error) {
      this.#onLog(`trial ${trial}: ${String(error)}`);
    }
    running.delete(assignment);
    this.#all.delete(execution);
    this.idleSince = performance.now();
    this.fill();
  }
}
