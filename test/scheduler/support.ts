import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ResultsLayout } from '../../src/files/paths.ts';
import { trialsToTest } from '../../src/analysis/ranking.ts';
import { StorageTrouble } from '../../src/scheduler/storage-trouble.ts';
import type { Emit, Observer, SchedulerEvent } from '../../src/scheduler/events.ts';
import { fromList } from '../../src/scheduler/sources/source.ts';
import { Scheduler, type ScheduleOptions, type ScheduleResult } from '../../src/scheduler/scheduler.ts';
import { testTargets } from '../../src/scheduler/test-task.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import type { SweepSnapshot } from '../../src/store/read-model.ts';
import type { SweepPlan, SweepStore } from '../../src/store/store.ts';
import type { TrialId } from '../../src/trial/trial.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { ToyExecutor, type ToyDisk, type ToyOptions } from '../support/toy-executor.ts';

/** A trial that takes its device process with it, before its first epoch. */
export const LOST = { epochs: 0, outcome: { kind: 'lost', cause: 'signal 9', culprit: 'trial' } } as const;

/** A results folder and the checkpoints in it: what survives coordinators. */
export class ToyWorld implements Disposable {
  readonly layout = new ResultsLayout(mkdtempSync(path.join(tmpdir(), 'vae-sweep-scheduler-')));
  readonly disk: ToyDisk = new Map();
  readonly #coordinators: ToyCoordinator[] = [];

  /** A coordinator's life from opening the store on. The one before it must be gone. */
  start(
    plan: SweepPlan,
    toys: ToyOptions = {},
    observe: Observer = () => undefined,
    sourceOf: ScheduleOptions['sourceOf'] = fromList,
  ): ToyCoordinator {
    const coordinator = new ToyCoordinator(this.layout, plan, { disk: this.disk, ...toys }, observe, sourceOf);
    this.#coordinators.push(coordinator);
    return coordinator;
  }

  snapshot(sweep = 'toy'): SweepSnapshot {
    using readModel = openReadModel(this.layout);
    return readModel.snapshot(sweep)!;
  }

  outcomes(trial: TrialId, sweep = 'toy'): (string | null)[] {
    using readModel = openReadModel(this.layout);
    return readModel.attempts(sweep, trial).map(({ outcome }) => outcome);
  }

  /** What must not depend on how a sweep was interrupted. */
  finalTable(sweep = 'toy'): unknown[] {
    using readModel = openReadModel(this.layout);
    const metrics = [...readModel.metrics(sweep)].map(({ trial, epoch, step, name, value }) => [
      ...[trial, epoch, step, name, value],
    ]);
    const trials = readModel.snapshot(sweep)!.trials.map(({ id, state, cause, bestEpoch, epochs, metrics }) => ({
      id,
      state,
      cause,
      bestEpoch,
      epochs,
      metrics,
    }));
    return [trials, metrics];
  }

  [Symbol.dispose](): void {
    for (const coordinator of this.#coordinators) coordinator.kill();
    rmSync(this.layout.root, { recursive: true });
  }
}

export class ToyCoordinator {
  readonly clock = new SimulatedClock();
  readonly executor: ToyExecutor;
  readonly store: SweepStore;
  readonly scheduler: Scheduler;
  readonly events: SchedulerEvent[] = [];
  readonly run: Promise<ScheduleResult>;
  #settled = false;
  #alive = true;

  constructor(
    layout: ResultsLayout,
    plan: SweepPlan,
    toys: ToyOptions,
    observe: Observer,
    sourceOf: ScheduleOptions['sourceOf'] = fromList,
  ) {
    this.executor = new ToyExecutor(toys);
    this.store = openStore(layout, plan.name, 20);
    this.store.savePlan(plan, this.clock.now());
    const emit: Emit = (happening) => {
      const event = { at: this.clock.now(), ...happening };
      this.events.push(event);
      observe(event);
    };
    this.scheduler = new Scheduler({
      sweep: plan.name,
      layout,
      store: this.store,
      trials: plan.trials,
      sourceOf,
      trouble: new StorageTrouble(emit),
      executor: this.executor,
      dataset: plan.dataset,
      clock: this.clock,
      emit,
      selectForTest: () => {
        using readModel = openReadModel(layout);
        return testTargets(readModel.snapshot(plan.name)!, trialsToTest, layout);
      },
    });
    // One turn later, so that a test may stop it before it starts.
    this.run = Promise.resolve().then(() => this.scheduler.run());
    const settle = (): void => void (this.#settled = true);
    this.run.then(settle, settle);
  }

  eventsOf<Type extends SchedulerEvent['type']>(type: Type): Extract<SchedulerEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<SchedulerEvent, { type: Type }> => event.type === type);
  }

  /** Steps all jobs in turn, and time where nothing else moves, until the run settles or `until` holds. */
  async play(until: () => boolean = () => false): Promise<void> {
    await setImmediate();
    while (!this.#settled && !until()) {
      if (this.executor.flights.length === 0) this.clock.advance(1_000);
      for (const flight of [...this.executor.flights]) {
        if (until()) break;
        flight.step();
        await setImmediate();
      }
      await setImmediate();
    }
  }

  /** Plays to the end. */
  async finish(): Promise<ScheduleResult> {
    await this.play();
    return this.run;
  }

  /** As SIGKILL leaves it: every call to the store that returned is on disk, and nothing else ever happens. */
  kill(): void {
    if (this.#alive) this.store[Symbol.dispose]();
    this.#alive = false;
  }
}
