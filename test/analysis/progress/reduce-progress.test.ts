import { valueOf } from '../../../src/model/parameter.ts';
import { architecture } from '../../../src/model/parameters.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestSoFar, epochsLeft, epochsOf, eta, progressFraction } from '../../../src/analysis/progress/progress.ts';
import { initialProgress, type ProgressState } from '../../../src/analysis/progress/progress-state.ts';
import { reduceProgress } from '../../../src/analysis/progress/reduce-progress.ts';
import type { TrialRecord } from '../../../src/store/read-model.ts';
import { isFinished } from '../../../src/trial/state.ts';
import { snapshotOf, trialRecord } from '../support.ts';
import { devices, eventsOf, planned, START, type Happening } from '../../cli/support.ts';

const EPOCHS = 4;
const SECONDS: Readonly<Record<string, number>> = { mlp: 2, conv: 10 };

/** Queued trials of alternating architecture, one β each. */
function queuedTrials(count: number): TrialRecord[] {
  return Array.from({ length: count }, (_, index) =>
    trialRecord({
      parameters: { architecture: index % 2 === 0 ? 'mlp' : 'conv', beta: index },
      train: { epochs: EPOCHS },
      state: 'queued',
      epochs: 0,
      seconds: 0,
      bestEpoch: null,
    }),
  );
}

function play(happenings: readonly Happening[]): ProgressState {
  return eventsOf(...happenings).reduce(reduceProgress, initialProgress(START));
}

function pendingEpochs(state: ProgressState, name: string): number {
  const trials = [...state.trials.values()].filter(({ config }) => config.parameters['architecture'] === name);
  return trials.reduce((sum, { id }) => sum + epochsLeft(state, id), 0);
}

function epoch(trial: TrialRecord, number: number): Happening {
  const record = {
    epoch: number,
    step: number,
    metrics: { 'val/elbo': -number },
    seconds: SECONDS[valueOf(trial.config.parameters, architecture)]!,
  };
  return { type: 'epoch', trial: trial.id, record };
}

const dispatched = ({ id }: TrialRecord): Happening => ({ type: 'dispatched', trial: id, attempt: 1, device: 'cpu' });

function finished({ id }: TrialRecord, elbo?: number): Happening {
  if (elbo === undefined) return { type: 'finished', trial: id, attempt: 1, state: 'failed', cause: 'broken' };
  const metrics = { 'val/elbo': elbo };
  const summary = { bestEpoch: 1, epochs: EPOCHS, metrics, klPerDimension: [], trainableWeights: 1 };
  return { type: 'finished', trial: id, attempt: 1, state: 'completed', cause: null, summary };
}

function takenOver({ id }: TrialRecord, elbo = -1): Happening {
  return { ...(finished({ id } as TrialRecord, elbo) as Happening & { type: 'finished' }), reusedFrom: 'other' };
}

/**
 * A legal run from a list of dice: each moves one trial on by one event. `done` is what each trial's checkpoint holds.
 * A lost checkpoint makes a trial start again from 0.
 */
function legalRun(trials: readonly TrialRecord[], dice: readonly { trial: number; move: number }[]) {
  const done = new Map(trials.map(({ id }) => [id, 0]));
  const running = new Set<TrialRecord>();
  const ended = new Set<TrialRecord>();
  const happenings: Happening[] = [planned(snapshotOf(trials)), devices(2)];
  for (const { trial: index, move } of dice) {
    const trial = trials[index % trials.length]!;
    if (ended.has(trial)) continue;
    if (!running.has(trial) && move === 8) {
      ended.add(trial);
      happenings.push(takenOver(trial));
    } else if (!running.has(trial)) {
      running.add(trial);
      if (move === 0) done.set(trial.id, 0);
      happenings.push(dispatched(trial));
      happenings.push({
        type: 'started',
        trial: trial.id,
        attempt: 1,
        engine: { engine: 'compiled', provider: 'cpu' },
        resumedEpochs: done.get(trial.id)!,
      });
    } else if (move < 6 && done.get(trial.id)! < EPOCHS) {
      done.set(trial.id, done.get(trial.id)! + 1);
      happenings.push(epoch(trial, done.get(trial.id)!));
    } else if (move === 6) {
      running.delete(trial);
      happenings.push({ type: 'requeued', trial: trial.id, attempt: 1, cause: 'lost', retryInMs: 0 });
    } else {
      running.delete(trial);
      ended.add(trial);
      happenings.push(finished(trial, move === 7 ? -move : undefined));
    }
  }
  return { happenings, done, running, ended };
}

const anyRun = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.array(fc.record({ trial: fc.nat(5), move: fc.nat(8) }), { maxLength: 60 }),
);

describe('in every legal run', () => {
  it('each trial counts in exactly one state, and the running ones are listed', () => {
    fc.assert(
      fc.property(anyRun, ([count, dice]) => {
        const { happenings, running, ended } = legalRun(queuedTrials(count), dice);
        const { counts, running: shown } = play(happenings);
        const { total, ...states } = counts;
        expect(Object.values(states).reduce((sum, one) => sum + one, 0)).toBe(total);
        expect(counts).toMatchObject({
          total: count,
          running: running.size,
          queued: count - running.size - ended.size,
        });
        expect([...shown.keys()].sort()).toEqual([...running].map(({ id }) => id).sort());
      }),
    );
  });

  it('the epochs left are those that unfinished trials have not in their checkpoints', () => {
    fc.assert(
      fc.property(anyRun, ([count, dice]) => {
        const trials = queuedTrials(count);
        const { happenings, done, ended } = legalRun(trials, dice);
        const state = play(happenings);
        for (const architecture of ['mlp', 'conv'] as const) {
          const open = trials.filter(
            (trial) => !ended.has(trial) && trial.config.parameters['architecture'] === architecture,
          );
          expect(pendingEpochs(state, architecture)).toBe(
            open.reduce((sum, { id }) => sum + EPOCHS - done.get(id)!, 0),
          );
        }
      }),
    );
  });

  it('progress is a share, and all of it once every trial has ended', () => {
    fc.assert(
      fc.property(anyRun, ([count, dice]) => {
        const { happenings, ended } = legalRun(queuedTrials(count), dice);
        const fraction = progressFraction(play(happenings));
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThanOrEqual(1);
        if (ended.size === count) expect(fraction).toBe(1);
      }),
    );
  });

  it('no event changes the state it is given', () => {
    fc.assert(
      fc.property(anyRun, ([count, dice]) => {
        let state = initialProgress(START);
        for (const event of eventsOf(...legalRun(queuedTrials(count), dice).happenings)) {
          const before = structuredClone(state);
          const next = reduceProgress(state, event);
          expect(state).toEqual(before);
          state = next;
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the time left', () => {
  it('is unknown before the first epoch', () => {
    const [trial] = queuedTrials(2) as [TrialRecord, TrialRecord];
    expect(eta(play([planned(snapshotOf(queuedTrials(2))), devices(2), dispatched(trial)]))).toBeNull();
  });

  it("prices each architecture's epochs by its own cost, shared by the slots", () => {
    const trials = queuedTrials(4);
    const [mlp, conv] = trials as [TrialRecord, TrialRecord];
    const state = play([
      planned(snapshotOf(trials)),
      devices(2),
      dispatched(mlp),
      dispatched(conv),
      epoch(mlp, 1),
      epoch(conv, 1),
    ]);
    // Left: mlp 3 + 4 epochs of 2 s, conv 3 + 4 epochs of 10 s, on two slots.
    // One slot: mlp 3 epochs, then mlp 4, then conv 4; the other: conv 3.
    expect(eta(state)?.seconds).toBeCloseTo(3 * 2 + 4 * 2 + 4 * 10);
  });

  it('is no less than the longest running trial alone needs', () => {
    const trials = queuedTrials(2);
    const [mlp, conv] = trials as [TrialRecord, TrialRecord];
    const state = play([
      planned(snapshotOf(trials)),
      devices(8),
      dispatched(mlp),
      dispatched(conv),
      epoch(mlp, 1),
      epoch(conv, 1),
    ]);
    expect(eta(state)?.seconds).toBeCloseTo(3 * 10);
  });

  it('never goes back where an epoch is reported after the next has begun', () => {
    const trial = queuedTrials(1)[0]!;
    const under = (epoch: number, fraction: number): Happening => {
      return { type: 'progress', trial: trial.id, epoch, fraction, imagesPerSecond: 1 };
    };
    const begun = [planned(snapshotOf([trial])), devices(1), dispatched(trial)];
    const happenings = [...begun, under(1, 1), under(2, 0.5), epoch(trial, 1), under(2, 0.75), epoch(trial, 2)];
    const shares = happenings.map((_, i) => progressFraction(play(happenings.slice(0, i + 1))));
    expect(shares.slice(2)).toEqual([0, 1, 1.5, 1.5, 1.75, 2].map((epochs) => epochs / EPOCHS));
  });

  it('proposals that are told again, and those that are new, wait once each', () => {
    const [first, second, later] = queuedTrials(3) as [TrialRecord, TrialRecord, TrialRecord];
    const { sweep, ...snapshot } = snapshotOf([first, second]);
    const told = { sampler: 'tpe', seen: 0 } as const;
    const { counts } = play([
      planned({ ...snapshot, sweep: { ...sweep, plannedTrials: 5 } }),
      { type: 'proposed', ...told, trials: [first, second] },
      { type: 'proposed', ...told, trials: [later] },
    ]);
    expect(counts).toMatchObject({ total: 5, queued: 5 });
  });

  it('counts what a trial resumes from, and what was finished before, as done', () => {
    const trials = [{ ...queuedTrials(1)[0]!, epochs: 3 }, trialRecord({ seed: 9, train: { epochs: EPOCHS } })];
    const state = play([planned(snapshotOf(trials)), devices(1)]);
    expect(pendingEpochs(state, 'mlp')).toBe(1);
    expect(progressFraction(state)).toBe(7 / 8);
    expect(epochsOf(trials[0]!)).toBe(EPOCHS);
    expect(isFinished(trials[1]!.state)).toBe(true);
  });
});

describe('beside another sweep that trains some of the trials', () => {
  const wait: Happening = {
    type: 'waiting',
    trials: 1,
    sweeps: [{ sweep: 'other', host: 'here', pid: 7, silent: false }],
  };

  it('a result that is taken over counts as done, with all its epochs and its score', () => {
    const trials = queuedTrials(2);
    const state = play([planned(snapshotOf(trials)), devices(1), takenOver(trials[0]!, -5)]);
    expect(state.counts).toMatchObject({ completed: 1, queued: 1, running: 0 });
    expect(progressFraction(state)).toBe(0.5);
    expect(bestSoFar(state)).toMatchObject({ mean: -5 });
  });

  it('a bad result that is taken over is shown among the failures', () => {
    const trials = queuedTrials(1);
    const bad = takenOver(trials[0]!, -50) as Happening & { type: 'finished' };
    const metrics = { 'val/elbo': -50, 'val/constant_elbo': -10 };
    const summary = { ...bad.summary!, metrics };
    const state = play([planned(snapshotOf(trials)), devices(1), { ...bad, summary }]);
    expect(state.failures).toMatchObject([{ trial: { id: trials[0]!.id }, state: 'completed' }]);
  });

  it('no time left is claimed while all that is left is with the other sweep', () => {
    const trials = queuedTrials(3);
    const [mine, next, others] = trials as [TrialRecord, TrialRecord, TrialRecord];
    const happenings = [planned(snapshotOf(trials)), devices(2), dispatched(mine), epoch(mine, 1), wait];
    expect(eta(play(happenings))).not.toBeNull();
    happenings.push(finished(mine, -1), takenOver(next));
    expect(play(happenings).wait).toMatchObject({ trials: 1, sweeps: [{ sweep: 'other' }] });
    expect(eta(play(happenings))).toBeNull();
    happenings.push({ type: 'waiting', trials: 0, sweeps: [] }, dispatched(others));
    expect(play(happenings).wait).toBeNull();
    expect(eta(play(happenings))).not.toBeNull();
  });
});

describe('the best so far', () => {
  const seeds = [0, 1].flatMap((seed) =>
    [1, 2].map((beta) => trialRecord({ seed, parameters: { beta }, state: 'queued', epochs: 0 })),
  );
  const ends = seeds.flatMap((trial, index) => [dispatched(trial), finished(trial, [-10, -20, -40, -22][index])]);

  it('is a configuration, by the mean of its completed seeds', () => {
    const early = play([planned(snapshotOf(seeds)), devices(1), ...ends.slice(0, 4)]);
    expect(bestSoFar(early)).toMatchObject({ mean: -10, seeds: 1, trial: { params: { beta: 1 } } });
    const late = play([planned(snapshotOf(seeds)), devices(1), ...ends]);
    expect(bestSoFar(late)).toMatchObject({ mean: -21, seeds: 2, trial: { params: { beta: 2 } } });
  });

  it('follows the goal', () => {
    const objective = { metric: 'val/elbo', goal: 'minimize' } as const;
    const state = play([planned(snapshotOf(seeds, { objective })), devices(1), ...ends]);
    expect(bestSoFar(state)).toMatchObject({ mean: -25, trial: { params: { beta: 1 } } });
  });

  it('is never one that lost seeds while another lost none, as the report ranks them', () => {
    const happenings = [planned(snapshotOf(seeds)), devices(1), ...ends.slice(0, 4)];
    happenings.push(dispatched(seeds[2]!), finished(seeds[2]!));
    expect(bestSoFar(play(happenings))).toMatchObject({ mean: -20, trial: { params: { beta: 2 } } });
    happenings.push(dispatched(seeds[3]!), finished(seeds[3]!));
    expect(bestSoFar(play(happenings))).toMatchObject({ mean: -10, trial: { params: { beta: 1 } } });

    const diverged = seeds.map((trial, index) => (index === 2 ? { ...trial, state: 'diverged' as const } : trial));
    const resumed = [planned(snapshotOf(diverged)), devices(1), ...ends.slice(0, 4)];
    expect(bestSoFar(play(resumed))).toMatchObject({ mean: -20, trial: { params: { beta: 2 } } });
  });

  it('is nothing while no trial has completed', () => {
    expect(
      bestSoFar(play([planned(snapshotOf(seeds)), devices(1), dispatched(seeds[0]!), finished(seeds[0]!)])),
    ).toBeUndefined();
  });
});

it('an event about a trial that does not run changes nothing but the time', () => {
  const trials = queuedTrials(2);
  const before = play([planned(snapshotOf(trials)), devices(1)]);
  for (const event of eventsOf(epoch(trials[0]!, 1), finished(trials[0]!), dispatched(trialRecord({ seed: 77 })))) {
    expect({ ...reduceProgress(before, event), nowMs: 0 }).toEqual({ ...before, nowMs: 0 });
  }
});

describe('where the sweep prunes', () => {
  const text = 'name: beta\ndataset: sprites-mini\nparameters: { beta: [0, 1, 2, 3, 4, 5, 6, 7, 8] }\n';
  const specText = `${text}train: { epochs: 9 }\nprune: { method: halving }\n`;
  const trials = queuedTrials(9).map((trial) => ({
    ...trial,
    config: { ...trial.config, train: { ...trial.config.train, epochs: 9 } },
  }));
  const begun = [planned(snapshotOf(trials, { specText })), devices(1)];
  const trained = trials.flatMap((trial) => [
    dispatched(trial),
    epoch(trial, 1),
    { type: 'paused', trial: trial.id, attempt: 1, epoch: 1 } as const,
  ]);
  const pruned = trials.slice(3).map((trial) => {
    return { type: 'finished', trial: trial.id, attempt: 1, state: 'pruned', cause: 'place 4 of 9' } as const;
  });

  // 9 configurations, 3 of them to epoch 3, 1 to epoch 9.
  const ALL = 9 * 1 + 3 * 2 + 6;

  it('the bar counts the epochs that are expected, not those that nobody will train', () => {
    expect(progressFraction(play(begun))).toBe(0);
    expect(progressFraction(play([...begun, ...trained]))).toBeCloseTo(9 / ALL);
    expect(progressFraction(play([...begun, ...trained, ...pruned]))).toBeCloseTo(9 / ALL);
  });

  it('so does the time that is left', () => {
    const left = (happenings: readonly Happening[]): number => {
      const state = play(happenings);
      return [...state.trials.keys()].reduce((sum, id) => sum + epochsLeft(state, id), 0);
    };
    expect(left(begun)).toBe(ALL);
    expect(left([...begun, ...trained, ...pruned])).toBe(ALL - 9);
    const revived = trials.map((trial, i) => (i === 8 ? { ...trial, epochs: 1, isRevived: true } : trial));
    expect(left([planned(snapshotOf(revived.slice(8), { specText }))])).toBe(8);
  });

  it('what confirms the best trains to the end, known or not', () => {
    const snapshot = snapshotOf(
      trials.map((trial) => ({ ...trial, phase: 'screen' as const })),
      { specText: `${specText}seeds: { screen: 1, confirm: 3, top: 2 }\n`, plannedTrials: 9 + 2 * 2 },
    );
    const screened = [planned(snapshot), devices(1), ...trained, ...pruned];
    expect(progressFraction(play(screened))).toBeCloseTo(9 / (ALL + 4 * 9));
    const confirming = trials.slice(0, 1).flatMap((trial) =>
      [1, 2].map((seed) => ({
        ...trial,
        id: `confirm${seed}`,
        seed,
        phase: 'confirm' as const,
      })),
    );
    const chosen = { type: 'chosen', configurations: 1, of: 9, foreseen: 4, trials: confirming } as const;
    const state = play([...screened, chosen]);
    expect(progressFraction(state)).toBeCloseTo(9 / (ALL + 2 * 9));
    expect([state.counts.total, ...confirming.map(({ id }) => epochsLeft(state, id))]).toEqual([11, 9, 9]);
  });
});
