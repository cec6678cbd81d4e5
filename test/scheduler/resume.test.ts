import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrialJob } from '../../src/trial/job.ts';
import type { Fate } from '../support/toy-executor.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import { ToyWorld } from './support.ts';

const plan = toyPlan({ betas: [1, 2, 3], seeds: 2, epochs: 3 });

/** Results that belong to configuration and seed, and so must come out of every history alike. */
function fate({ config, seed }: TrialJob): Fate | undefined {
  if (config.parameters['beta'] === 3 && seed === 0) {
    return { epochs: 2, outcome: { kind: 'diverged', message: 'not finite' } };
  }
  return undefined;
}

/** One thing that happens to a run; it befalls the job `job` of those in flight. */
interface Move {
  readonly kind: (typeof MOVES)[number];
  readonly job: number;
}
const MOVES = [
  'step',
  // The checkpoint is written, but the attempt is lost before the coordinator hears of it.
  'lose unheard epoch',
  'lose',
  'wait',
  'drain',
  'stop now',
  'kill',
] as const;

const histories = fc.array(
  fc.record<Move>({
    kind: fc.oneof({ weight: 2, arbitrary: fc.constant('step' as const) }, fc.constantFrom(...MOVES)),
    job: fc.nat(1),
  }),
  { maxLength: 40 },
);

test('any history of losses, stops and kills ends in the table of an uninterrupted run', async () => {
  using calm = new ToyWorld();
  await calm.start(plan, { fate }).finish();
  const expected = calm.finalTable();

  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      using world = new ToyWorld();
      let coordinator = world.start(plan, { fate });
      // Three losses in a row would rightly fail the trial, so a history has at most two for each trial and coordinator.
      let losses = new Map<string, number>();
      for (const { kind, job } of history) {
        await setImmediate();
        const { executor, scheduler, clock, run } = coordinator;
        const flight = executor.flights[job % Math.max(1, executor.flights.length)];
        switch (kind) {
          case 'step':
            flight?.step();
            break;
          case 'lose unheard epoch':
          case 'lose': {
            if (flight === undefined) break;
            const count = (losses.get(flight.job.trial) ?? 0) + 1;
            if (count > 2) break;
            losses.set(flight.job.trial, count);
            if (kind === 'lose unheard epoch' && flight.job.kind === 'train' && flight.epochsLeft > 0)
              flight.saveEpoch();
            flight.finish({ kind: 'lost', cause: 'signal 9', culprit: 'trial' });
            break;
          }
          case 'wait':
            clock.advance(20_000);
            break;
          case 'drain':
            scheduler.stop();
            for (const running of [...executor.flights]) while (executor.flights.includes(running)) running.step();
            await run;
            break;
          case 'stop now':
            scheduler.stopNow();
            await run;
            break;
          case 'kill':
            break;
        }
        if (kind === 'drain' || kind === 'stop now' || kind === 'kill') {
          coordinator.kill();
          coordinator = world.start(plan, { fate });
          losses = new Map();
        }
      }
      expect(await coordinator.finish()).toEqual({ interrupted: false });
      expect(world.finalTable()).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});
