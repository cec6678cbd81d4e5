import { describe, expect, test } from 'vitest';
import { toyTestMetrics } from '../support/toy-executor.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import { ToyWorld, type ToyCoordinator } from './support.ts';

const tested = ({ executor }: ToyCoordinator) =>
  executor.jobs.filter(({ kind }) => kind === 'test').map(({ trial }) => trial);

describe('the test phase', () => {
  test('shows the test split to the selected configuration only', async () => {
    using world = new ToyWorld();
    const plan = toyPlan({ betas: [4, 1, 2], seeds: 2 });
    const coordinator = world.start(plan);
    await coordinator.finish();
    const selected = plan.trials.filter(({ config }) => config.parameters['beta'] === 1);
    expect(tested(coordinator)).toEqual(selected.map(({ id }) => id));
    expect(coordinator.eventsOf('test_phase')).toMatchObject([{ trials: 2 }]);
    for (const { id, metrics, seed, config } of world.snapshot().trials) {
      if (tested(coordinator).includes(id)) expect(metrics).toMatchObject(toyTestMetrics({ seed, config }));
      else expect(metrics).not.toHaveProperty('test/elbo');
    }
  });

  test('evaluates all completed trials when the spec says so, and none that did not complete', async () => {
    using world = new ToyWorld();
    const plan = toyPlan({ seeds: 1, evaluateTest: 'all' });
    const coordinator = world.start(plan, {
      fate: ({ config }) =>
        config.parameters['beta'] === 2
          ? { epochs: 1, outcome: { kind: 'diverged', message: 'not finite' } }
          : undefined,
    });
    await coordinator.finish();
    expect(tested(coordinator)).toEqual([plan.trials[0]!.id, plan.trials[2]!.id]);
  });

  test('does not repeat what has test metrics already, also when they came from another sweep', async () => {
    using world = new ToyWorld();
    await world.start(toyPlan({ betas: [1], evaluateTest: 'all' })).finish();
    const again = world.start(toyPlan({ betas: [1], evaluateTest: 'all', name: 'other' }));
    expect(await again.finish()).toEqual({ interrupted: false });
    expect(again.executor.jobs).toEqual([]);
  });

  test('looks for the weights of a trial that was taken over in the folder of the sweep that trained it', async () => {
    using world = new ToyWorld();
    const first = world.start(toyPlan({ betas: [1, 2], seeds: 1 }));
    await first.play(() => first.eventsOf('finished').length === 2);
    first.kill();
    const other = world.start(toyPlan({ betas: [1, 2], seeds: 1, name: 'other' }));
    await other.finish();
    const id = toyPlan().trials[0]!.id;
    expect(other.executor.jobs).toMatchObject([{ kind: 'test', directory: world.layout.trial('toy', id) }]);
  });

  test('leaves a trial completed when its evaluation fails, says so, and tries again in the next run', async () => {
    using world = new ToyWorld();
    const plan = toyPlan({ betas: [1], seeds: 1 });
    const outcome = { kind: 'failed', failure: { kind: 'data', message: 'no test file' } } as const;
    const coordinator = world.start(plan, {
      fate: (job) => (job.kind === 'test' ? { epochs: 0, outcome } : undefined),
    });
    expect(await coordinator.finish()).toEqual({ interrupted: false });
    expect(coordinator.eventsOf('test_failed')).toMatchObject([{ cause: 'data: no test file' }]);
    expect(world.snapshot().trials).toMatchObject([{ state: 'completed' }]);
    coordinator.kill();

    const again = world.start(plan);
    expect(await again.finish()).toEqual({ interrupted: false });
    expect(again.executor.jobs.map(({ kind }) => kind)).toEqual(['test']);
  });

  test('tries a lost evaluation again, and gives it up after three losses', async () => {
    using world = new ToyWorld();
    const outcome = { kind: 'lost', cause: 'signal 9', culprit: 'trial' } as const;
    const coordinator = world.start(toyPlan({ betas: [1], seeds: 1 }), {
      fate: (job) => (job.kind === 'test' ? { epochs: 0, outcome } : undefined),
    });
    expect(await coordinator.finish()).toEqual({ interrupted: false });
    expect(coordinator.eventsOf('test_failed')).toHaveLength(1);
    expect(tested(coordinator)).toHaveLength(3);
  });

  test('is left for the next run when a stop comes first', async () => {
    using world = new ToyWorld();
    const plan = toyPlan({ betas: [1], seeds: 2 });
    const coordinator = world.start(plan);
    await coordinator.play(() => tested(coordinator).length > 0);
    coordinator.scheduler.stopNow();
    expect(await coordinator.run).toEqual({ interrupted: true });
    coordinator.kill();
    const again = world.start(plan);
    await again.finish();
    expect(tested(again)).toHaveLength(2);
    expect(again.eventsOf('dispatched')).toEqual([]);
  });
});
