/** Issue 9, line 6: whatever was edited, overridden, interrupted or killed before, `sweep plan` says what `sweep run` does. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrialJob } from '../../src/trial/job.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import type { SchedulerEvent } from '../../src/scheduler/events.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { runSweep } from '../../src/sweep.ts';
import type { EpochRecord, TrialId } from '../../src/trial/trial.ts';
import { answer } from '../support/command.ts';
import { ToyExecutor, type Fate } from '../support/toy-executor.ts';
import { toySurroundings } from '../support/toy-surroundings.ts';

/** One edit of a spec, and how the run that follows fares. */
interface Edit {
  readonly sweep: 'first' | 'second';
  readonly beta: readonly number[];
  readonly latentDim: readonly number[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly evaluateTest: 'selected' | 'all';
  /** Where there are configurations to compare. */
  readonly prune: string | null;
  /** Given after the file, in place of what it says. */
  readonly override: { readonly beta?: readonly number[]; readonly seeds?: number };
  /** This value of beta fails this time. */
  readonly failing: number | null;
  /** After so many events the run is stopped, or killed. */
  readonly end: { readonly how: 'stopped' | 'killed'; readonly afterEvents: number } | null;
}

const BETAS = [1, 2, 4, 8];
const edits: fc.Arbitrary<Edit> = fc.record({
  sweep: fc.constantFrom('first', 'second'),
  beta: fc.subarray(BETAS, { minLength: 1 }),
  latentDim: fc.subarray([2, 3], { minLength: 1 }),
  seeds: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
  epochs: fc.constantFrom(2, 2, 2, 3),
  evaluateTest: fc.constantFrom('selected', 'selected', 'all'),
  prune: fc.constantFrom(null, null, null, null, null, 'halving', 'median', 'asha'),
  override: fc.record(
    { beta: fc.subarray(BETAS, { minLength: 1 }), seeds: fc.integer({ min: 1, max: 2 }) },
    { requiredKeys: [] },
  ),
  failing: fc.option(fc.constantFrom(...BETAS)),
  end: fc.option(
    fc.record({ how: fc.constantFrom('stopped', 'killed'), afterEvents: fc.integer({ min: 1, max: 40 }) }),
  ),
});

const RUNS_EACH = 8;
const EDITS_EACH = 8;
/** Random edits in a part. */
const EDITS = RUNS_EACH * EDITS_EACH;

/** Each part is other edits, and always the same ones. */
export function testPlanEqualsRun(parts: readonly number[]): void {
  /** What the edits were examples of. */
  const seen = new Map<string, number>();

  test.each(parts)(
    `issue 9, line 6: plan equals run, over ${EDITS * parts.length} random edits, part %i`,
    async (part) => {
      await fc.assert(
        fc.asyncProperty(fc.array(edits, { minLength: EDITS_EACH, maxLength: EDITS_EACH }), async (sequence) => {
          const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sweep-plan-'));
          try {
            const world = new World(folder);
            for (const edit of sequence) {
              for (const what of await world.expectPlanToEqualRun(edit)) seen.set(what, (seen.get(what) ?? 0) + 1);
              await world.expectAllToBeFound();
            }
          } finally {
            rmSync(folder, { recursive: true });
          }
        }),
        { numRuns: RUNS_EACH, seed: 20261125 + part, endOnFailure: true },
      );
    },
  );

  test('the edits were examples of all that there is', () => {
    expect(seen.get('edit')).toBe(EDITS * parts.length);
    // None of these is said of nothing: each part has some of all.
    for (const what of [
      'finished',
      'to_run',
      'reused',
      'resumed',
      'retried',
      'to_test',
      'outside_plan',
      'killed',
      'pruned',
    ]) {
      expect(seen.get(what), what).toBeGreaterThan(parts.length);
    }
  });
}

interface PlanAnswer {
  readonly trials: Readonly<Record<'total' | 'finished' | 'to_run' | 'reused' | 'resumed' | 'retried', number>>;
  readonly seconds: { readonly low: number };
  readonly list: readonly { readonly trial: TrialId; readonly step: string; readonly resumes: boolean }[];
  readonly to_test: number | null;
  readonly outside_plan: number;
}

/** A results folder with all that a user keeps there. */
class World {
  readonly #folder: string;
  readonly #layout: ResultsLayout;
  readonly #disk = new CheckpointFiles();
  /** Every trial that a plan of the sweep ever named. */
  readonly #known = new Map<string, Set<TrialId>>();
  #last: { readonly sweep: string; readonly plan: PlanAnswer } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#layout = new ResultsLayout(path.join(folder, 'results'));
  }

  /** Returns what the edit was an example of. */
  async expectPlanToEqualRun(edit: Edit): Promise<string[]> {
    const specFile = path.join(this.#folder, 'spec.yaml');
    writeFileSync(specFile, specText(edit));
    const overrides = Object.entries(edit.override).map(([name, value]) => `${name}=${String(value)}`);
    const results = ['--results', this.#layout.root];
    const plan = (await answer('plan', specFile, ...overrides, '--list', '--device', 'cpu', ...results)) as PlanAnswer;
    const { events, isWhole } = await this.#run(edit, { specFile, overrides });

    const [planned] = events;
    if (planned?.type !== 'planned') throw new Error('the first event is the plan');
    const { snapshot, change } = planned;
    const before = Map.groupBy(snapshot.trials, ({ state }) => (state === 'queued' ? 'to_run' : 'finished'));
    expect(plan.trials).toMatchObject({
      total: snapshot.trials.length,
      finished: before.get('finished')?.length ?? 0,
      to_run: before.get('to_run')?.length ?? 0,
      reused: change.reused,
      retried: change.retried,
    });
    expect(plan.outside_plan).toBe(snapshot.outside.length);
    if (plan.trials.to_run === 0) expect(plan.seconds.low).toBe(0);

    const pruned: string[] = [];
    const toRun = new Map(plan.list.flatMap(({ trial, step, resumes }) => (isRun(step) ? [[trial, resumes]] : [])));
    const started = new Map<TrialId, boolean>();
    for (const event of events) {
      // It starts once more where it goes on from a rung.
      if (event.type === 'started' && !started.has(event.trial)) started.set(event.trial, event.resumedEpochs > 0);
    }
    const ended = new Set(events.flatMap((event) => (event.type === 'finished' ? [event.trial] : [])));
    for (const [trial, resumed] of started) expect([trial, resumed]).toEqual([trial, toRun.get(trial)]);
    if (isWhole) {
      // One may be pruned by what it has.
      expect(new Set(started.keys()).union(ended)).toEqual(new Set(toRun.keys()));
      if (edit.prune === null) expect(new Set(started.keys())).toEqual(new Set(toRun.keys()));
      else if (plan.trials.to_run > 0) pruned.push('pruned');
      const tests = events.find(({ type }) => type === 'test_phase');
      if (plan.to_test !== null) expect(tests?.type === 'test_phase' ? tests.trials : 0).toBe(plan.to_test);
    }

    const known = this.#known.get(edit.sweep) ?? new Set();
    this.#known.set(edit.sweep, known.union(new Set(plan.list.map(({ trial }) => trial))));
    this.#last = { sweep: edit.sweep, plan };
    const counts = { ...plan.trials, to_test: plan.to_test ?? 0, outside_plan: plan.outside_plan };
    const examples = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [what] : []));
    return ['edit', ...examples, ...pruned, ...(edit.end === null || isWhole ? [] : [edit.end.how])];
  }

  /** Every reader finds every trial, and counts those of the last plan apart. */
  async expectAllToBeFound(): Promise<void> {
    const { sweep, plan } = this.#last!;
    const results = ['--results', this.#layout.root];
    const exported = (await answer('export', sweep, ...results)) as { trial: TrialId; in_plan: boolean }[];
    expect(new Set(exported.map(({ trial }) => trial))).toEqual(this.#known.get(sweep));
    expect(exported.filter((row) => !row.in_plan)).toHaveLength(plan.outside_plan);
    const { sweeps } = (await answer('status', sweep, ...results)) as { sweeps: object[] };
    expect(sweeps).toMatchObject([{ total: plan.trials.total, outside_plan: plan.outside_plan }]);
  }

  async #run({ failing, end }: Edit, spec: { specFile: string; overrides: string[] }) {
    const events: SchedulerEvent[] = [];
    const stopNow = new AbortController();
    const stop = new AbortController();
    let killed: (() => void) | undefined;
    const executor = new ToyExecutor({ disk: this.#disk, fate: (job) => fateOf(job, failing) });
    const { interrupted } = await runSweep(
      { ...spec, resultsDir: this.#layout.root, device: 'cpu', stop: stop.signal, stopNow: stopNow.signal },
      (event) => {
        // What a run does before and beside the plan says nothing of it.
        if (event.type === 'preparing') return;
        events.push(event);
        if (events.length !== end?.afterEvents) return;
        if (end.how === 'killed') {
          killed = this.#momentOf();
          stopNow.abort();
        } else stop.abort();
      },
      toySurroundings(executor),
    );
    const cut = killed === undefined ? events.length : end!.afterEvents;
    killed?.();
    return { events: events.slice(0, cut), isWhole: !interrupted && killed === undefined };
  }

  /** Database and checkpoints as a SIGKILL at this moment would leave them; the function brings them back. */
  #momentOf(): () => void {
    const copy = `${this.#layout.database}.killed`;
    const db = new Database(this.#layout.database, { readonly: true });
    db.prepare('VACUUM INTO ?').run(copy);
    db.close();
    const restoreDisk = this.#disk.momentOf();
    return () => {
      for (const suffix of ['-wal', '-shm']) rmSync(this.#layout.database + suffix, { force: true });
      renameSync(copy, this.#layout.database);
      restoreDisk();
      using results = openReadModel(this.#layout);
      expect(results.sweeps().every(({ state }) => state !== 'running')).toBe(true);
    };
  }
}

/** The toy's checkpoints, with a file for each where the real trainer has one. */
class CheckpointFiles extends Map<string, readonly EpochRecord[]> {
  override set(folder: string, epochs: readonly EpochRecord[]): this {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, TRIAL_FILES.checkpoint), `${epochs.length} epochs`);
    return super.set(folder, epochs);
  }

  momentOf(): () => void {
    const hasFile = (folder: string): boolean => existsSync(path.join(folder, TRIAL_FILES.checkpoint));
    const saved = [...this].map(([folder, epochs]) => ({ folder, epochs, isThere: hasFile(folder) }));
    return () => {
      for (const folder of this.keys()) rmSync(path.join(folder, TRIAL_FILES.checkpoint), { force: true });
      this.clear();
      for (const { folder, epochs, isThere } of saved) {
        this.set(folder, epochs);
        if (!isThere) rmSync(path.join(folder, TRIAL_FILES.checkpoint));
      }
    };
  }
}

function isRun(step: string): boolean {
  return step === 'train' || step === 'retry';
}

/** Beta 8 with seed 1 always diverges, after an epoch; what fails does so after one, too. */
function fateOf({ kind, seed, config }: TrialJob, failing: number | null): Fate | undefined {
  const { beta } = config.parameters;
  if (kind === 'test') return undefined;
  if (beta === 8 && seed === 1) {
    return { epochs: 1, outcome: { kind: 'diverged', message: 'the loss is NaN' } };
  }
  if (beta !== failing) return undefined;
  return { epochs: 1, outcome: { kind: 'failed', failure: { kind: 'bug', message: 'it broke' } } };
}

function specText({ sweep, beta, latentDim, seeds, epochs, evaluateTest, override, prune }: Edit): string {
  const configurations = (override.beta ?? beta).length * latentDim.length;
  return JSON.stringify({
    name: sweep,
    dataset: { name: 'sprites-mini', train: 64, validation: 32 },
    parameters: { hidden: [8], beta, latent_dim: latentDim },
    seeds,
    train: { epochs, batch_size: 16 },
    evaluate_test: evaluateTest,
    prune: prune === null || configurations < 2 ? null : { method: prune },
  });
}
