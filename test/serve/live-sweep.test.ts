import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerResponse } from 'node:http';
import { foldMessage, NOTHING_YET } from '../../src/page/client/live-state.ts';
import { EventStream, MESSAGE_INTERVAL_MS } from '../../src/serve/event-stream.ts';
import type { LiveMessage, LiveTrial } from '../../src/serve/live-message.ts';
import { LiveSweep } from '../../src/serve/live-sweep.ts';
import type { SweepSnapshot, TrialRecord } from '../../src/store/read-model.ts';
import { TRIAL_STATES } from '../../src/trial/state.ts';
import { toyTrial } from '../support/toy-sweep.ts';

const TRIALS = 5;

type Place = Partial<Pick<TrialRecord, 'state' | 'epochs'>>;

function snapshotOf(places: readonly Place[]): SweepSnapshot {
  const trials = places.map((place, i): TrialRecord => {
    const plan = toyTrial(i + 1, 0, 100);
    const { id, configId, seed, config } = plan;
    return {
      ...{ sweep: 'toy', id, configId, seed, config, params: config.parameters, cause: null, metrics: {} },
      ...{ state: 'queued', epochs: 0, lastElbo: null, bestEpoch: null, seconds: 0, device: null, attempts: 0 },
      ...{ klPerDimension: null, trainableWeights: null, reusedFrom: null, inPlan: true, images: null },
      ...{ cpuSeconds: null, bitClass: null, tags: [], note: null },
      numericsVersion: 3,
      ...place,
    };
  });
  const at = new Date(0);
  const objective = { metric: 'val/elbo', goal: 'maximize' } as const;
  const sweep: SweepSnapshot['sweep'] = {
    ...({ name: 'toy', state: 'running', evaluateTest: 'selected', plannedTrials: null } as const),
    ...{ objective, specText: '', overrides: [], swept: ['beta'], datasetFingerprint: '' },
    ...{ createdAt: at, startedAt: at, endedAt: null, coordinator: null, tags: [], note: null },
  };
  return { sweep, trials, outside: [] };
}

const place: fc.Arbitrary<Place> = fc.record({
  state: fc.constantFrom(...TRIAL_STATES),
  epochs: fc.integer({ min: 0, max: 3 }),
});
const history = fc.array(fc.array(place, { minLength: TRIALS, maxLength: TRIALS }), { minLength: 1, maxLength: 12 });

describe('a sweep in revisions', () => {
  it('who was away is told all that it missed, and nothing twice', () => {
    fc.assert(
      fc.property(history, fc.nat(), (moments, leave) => {
        const sweep = new LiveSweep();
        const known = new Map<string, LiveTrial>();
        let told = 0;
        moments.forEach((places, i) => {
          sweep.update(snapshotOf(places), 16);
          // It listens up to some moment, and then at the last one.
          if (i > leave % moments.length && i < moments.length - 1) return;
          for (const trial of sweep.since(told).trials) known.set(trial.id, trial);
          told = sweep.revision;
        });
        const whole = new Map(sweep.since(0).trials.map((trial) => [trial.id, trial]));
        expect(known).toEqual(whole);
        expect(sweep.since(told).trials).toEqual([]);
      }),
    );
  });

  it('has another revision only where something is told differently', () => {
    const sweep = new LiveSweep();
    sweep.update(snapshotOf([{}, {}]), 16);
    sweep.update(snapshotOf([{}, {}]), 16);
    expect(sweep.revision).toBe(1);
    sweep.update(snapshotOf([{}, { state: 'running' }]), 16);
    expect(sweep.revision).toBe(2);
    expect(sweep.since(1)).toMatchObject({ trials: [{ label: 'beta=2', state: 'running' }], counts: { running: 1 } });
    // One that is dropped from the plan.
    sweep.update(snapshotOf([{}, { state: 'running' }, { state: 'failed' }]), 16);
    sweep.update(snapshotOf([{}, { state: 'running' }]), 16);
    expect(sweep.since(3)).toMatchObject({ trials: [], counts: { total: 2 } });
  });
});

/** A socket that takes what it is given, or is full. */
function toyReader(sweep: LiveSweep, lastEventId?: string) {
  const messages: { id: string; data: LiveMessage }[] = [];
  const listeners: (() => void)[] = [];
  let isFull = false;
  const response = {
    on: (_event: string, listener: () => void) => void listeners.push(listener),
    write: (text: string) => {
      const found = /^id: (.*)\ndata: (.*)\n\n$/.exec(text);
      if (found !== null) messages.push({ id: found[1]!, data: JSON.parse(found[2]!) as LiveMessage });
      return !isFull;
    },
  } as unknown as ServerResponse;
  const stream = new EventStream(response, sweep, 'me', lastEventId);
  return {
    stream,
    messages,
    fill: () => (isFull = true),
    drain: () => {
      isFull = false;
      for (const listener of listeners) listener();
    },
  };
}

describe('a reader', () => {
  it('gets at most four messages a second, however often something changes, and the last state in the end', () => {
    const sweep = new LiveSweep();
    sweep.update(snapshotOf([{}]), 16);
    const { stream, messages } = toyReader(sweep);
    for (let now = 0; now < 3000; now++) {
      sweep.update(snapshotOf([{ state: 'running', epochs: now }]), 16);
      stream.tellIfDue(now);
    }
    expect(messages).toHaveLength(3000 / MESSAGE_INTERVAL_MS);
    stream.tellIfDue(3000);
    expect(messages.at(-1)!.data.trials).toMatchObject([{ epoch: 2999 }]);
  });

  it('that is slow is told all at once when it can take it, and nothing waits for it meanwhile', () => {
    const sweep = new LiveSweep();
    sweep.update(snapshotOf([{}, {}]), 16);
    const { stream, messages, fill, drain } = toyReader(sweep);
    fill();
    stream.tellIfDue(0);
    expect(messages).toHaveLength(1);
    for (let now = 1; now < 100; now++) {
      sweep.update(snapshotOf([{ state: 'running', epochs: now }, { state: 'failed' }]), 16);
      stream.tellIfDue(1000 * now);
      stream.breathe();
    }
    expect(messages).toHaveLength(1);
    drain();
    stream.tellIfDue(1e6);
    expect(messages).toHaveLength(2);
    expect(messages[1]!.data.trials).toMatchObject([{ epoch: 99 }, { state: 'failed' }]);
  });

  it('goes on after the id it names; one of another server, of the future, or none at all means from the start', () => {
    const sweep = new LiveSweep();
    sweep.update(snapshotOf([{}, {}]), 16);
    sweep.update(snapshotOf([{ state: 'failed' }, {}]), 16);
    const told = (id?: string): number => {
      const { stream, messages } = toyReader(sweep, id);
      stream.tellIfDue(0);
      return messages[0]!.data.trials.length;
    };
    expect([told('me-1'), told('me-2')]).toEqual([1, 0]);
    expect([told(), told('you-1'), told('me-3'), told('me-'), told('nonsense')]).toEqual([2, 2, 2, 2, 2]);
  });
});

it('a page keeps the trials that train, and of those that ended the last', () => {
  const head = new LiveSweep();
  head.update(snapshotOf([{ state: 'running' }, { state: 'running' }, ...Array.from({ length: 20 }, () => ({}))]), 16);
  let state = foldMessage(NOTHING_YET, head.since(0));
  expect([state.running.size, state.ended.length, state.news]).toEqual([2, 0, 0]);
  head.update(
    snapshotOf([{ state: 'running' }, ...Array.from({ length: 21 }, () => ({ state: 'completed' as const }))]),
    16,
  );
  state = foldMessage(state, head.since(1));
  expect([state.running.size, state.ended.length, state.news]).toEqual([1, 6, 21]);
});
