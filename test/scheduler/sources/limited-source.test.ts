import { describe, expect, test } from 'vitest';
import type { TrainJob } from '../../../src/trial/job.ts';
import { ASHA, byBeta, GRID, MEDIAN, outcome, TPE, trialsOf } from '../pruned-toys.ts';
import { endedBy, live, specOf, start, type Life } from '../spec-run.ts';
import { ToyWorld } from '../support.ts';

describe('a sweep ends before its plan', () => {
  const plain = GRID.replace('prune: { method: halving }', '');

  test.each([
    ['trials', 'budget: { trials: 5 }', 'its budget of 5 trials is used up', 5, 30],
    // A third trial would come to 18.
    ['epochs', 'budget: { epochs: 17 }', 'its budget of 17 epochs is used up', 2, 12],
  ])('by a budget of %s, over all of its runs, whatever is running', async (_, line, reason, begun, epochs) => {
    using world = new ToyWorld();
    const spec = specOf(plain + line);
    const killed = start(world, spec);
    await killed.play(() => killed.executor.trained.length === 3);
    killed.kill();
    const last = await live(world, spec);
    const { trials } = world.snapshot();
    expect(trials.filter(({ attempts }) => attempts > 0)).toHaveLength(begun);
    expect(trials.reduce((sum, trial) => sum + trial.epochs, 0)).toBe(epochs);
    expect(endedBy(last)).toBe(reason);
    expect(endedBy(await live(world, spec))).toBe(reason);
    expect(endedBy(await live(world, specOf(plain)))).toBeUndefined();
  });

  test.each([1, 2, 7])('what a trial did not train is given back: the same begin with %i slots', async (slots) => {
    using world = new ToyWorld();
    const fate: Life['fate'] = ({ config }) =>
      [6, 3].includes(Number(config.parameters['beta']))
        ? { epochs: 1, outcome: { kind: 'diverged', message: 'not finite' } }
        : undefined;
    // Of 6, 1, 3, 2 and 8 come 1, 6, 1, 6 and 6 epochs; a sixth would come to 26.
    const spec = specOf(`${plain}budget: { epochs: 25 }\n`);
    const first = await live(world, spec, { slots, fate });
    expect([first.executor.trained.length, endedBy(first)]).toEqual([20, 'its budget of 25 epochs is used up']);
    expect((await live(world, spec, { slots, fate })).executor.trained).toEqual([]);
  });

  test('what has ended under another plan takes no room of those that are new', async () => {
    using world = new ToyWorld();
    const fate: Life['fate'] = ({ config }) =>
      Number(config.parameters['beta']) > 1
        ? { epochs: 2, outcome: { kind: 'diverged', message: 'not finite' } }
        : undefined;
    const text = TPE.replace('prune: { method: halving }', '');
    // Another lookahead is another search, which begins at the same points.
    const first = await live(world, specOf(text, ['trials=6', 'lookahead=5']), { fate });
    const left = ['trials=7', `budget.epochs=${first.executor.trained.length + 6}`];
    const last = await live(world, specOf(text, left), { fate, slots: 1 });
    expect(new Set(last.executor.jobs.map(({ trial }) => trial)).size).toBe(1);
    expect(world.snapshot().trials).toHaveLength(7);
  });

  test.each([
    ['a grid', GRID, 28],
    ['a search', TPE, 12],
    ['a list pruned by asha', ASHA.replace('seeds: 2', 'seeds: 1'), 12],
    ['a list pruned by the median', MEDIAN.replace('seeds: 2', 'seeds: 1'), 12],
  ])('of epochs, of which %s keeps as many as bring one configuration to its end', async (_, text, epochs) => {
    using world = new ToyWorld();
    const last = await live(world, specOf(`${text}\nbudget: { epochs: ${epochs} }\n`));
    expect(endedBy(last)).toBeDefined();
    expect(last.executor.trained.length).toBeLessThanOrEqual(epochs);
    const ends = Map.groupBy(world.snapshot().trials, ({ configId }) => configId);
    expect([...ends.values()].some((seeds) => seeds.every(({ state }) => state === 'completed'))).toBe(true);
  });

  test.each([0, 1])('of epochs amid a rung, which the best go on from first, also after %i kills', async (kills) => {
    using world = new ToyWorld();
    // 18 to the first rung, 8 of two of three configurations to the second, and 6 of one of these to the end.
    const spec = specOf(`${GRID}budget: { epochs: 33 }\n`);
    const killed = start(world, spec);
    await killed.play(() => kills > 0 && killed.eventsOf('judged').length === 1);
    killed.kill();
    if (kills > 0) await live(world, spec);
    expect(byBeta(world)).toMatchObject({ 1: [6, 'completed'], 2: [3, 'pruned'], 3: [1, 'queued'], 4: [1, 'pruned'] });
    await live(world, specOf(GRID));
    expect(byBeta(world)).toMatchObject({ 1: [6, 'completed'], 2: [3, 'pruned'], 3: [6, 'completed'] });
  });

  test('by an aim, which a whole configuration must reach', async () => {
    using world = new ToyWorld();
    // The toy's ELBO: −(108 − 10 + 11 β + seed) after six epochs; of β = 3, the mean of −131 and −132.
    const last = await live(world, specOf(`${plain}until: { reached: -131.5 }\n`), { slots: 1 });
    expect(endedBy(last)).toBe('a configuration has reached val/elbo -109.50, and -131.50 was asked for');
  });

  // Of the listed ones β = 3, the fourth, is the last that betters anything; it waits for two at most.
  test.each([
    ['a list', plain.replace('[6, 1, 3, 2, 8, 5, 4, 9, 7]', '[6, 5, 4, 3, 8, 7, 9, 10, 11, 12]'), 'lookahead: 2\n'],
    ['a search', TPE.replace('prune: { method: halving }', '').replace('trials: 15', 'trials: 40'), ''],
    ['a search with pruning', TPE.replace('trials: 15', 'trials: 40'), ''],
    ['a list pruned by asha', ASHA, ''],
    ['a list pruned by the median', MEDIAN, ''],
  ])('of %s by patience: the same trials with any number of slots, also in two lives', async (what, text, line) => {
    const spec = specOf(`${text}\n${line}until: { patience: 3 }\n`);
    const outcomes: unknown[] = [];
    for (const slots of [1, 2, 7]) {
      using world = new ToyWorld();
      if (slots === 2) {
        const killed = start(world, spec, { slots: 5 });
        let steps = 15;
        await killed.play(() => steps-- <= 0);
        killed.kill();
      }
      const last = await live(world, spec, { slots });
      const begun = world.snapshot().trials.filter(({ epochs }) => epochs > 0);
      outcomes.push([endedBy(last), begun.map(({ id, state, epochs }) => [id, state, epochs])]);
      expect((await live(world, spec)).executor.trained).toEqual([]);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    const [reason, begun] = outcomes[0] as [string, unknown[]];
    expect(reason).toMatch(
      /^its last 3 configurations bettered nothing: val\/elbo -\d+\.\d+, of configuration \d+, stays the best$/,
    );
    expect(begun.length).toBeLessThan(what === 'a list' ? 20 : 40);
    // Configurations 5 to 7 are in vain; another is in training by then.
    if (what === 'a list') expect([reason.includes('of configuration 4'), begun.length]).toEqual([true, 16]);
  });

  test.each(['budget: { trials: 5 }', 'budget: { epochs: 30 }'])(
    'by a %s that another plan does not start anew',
    async (line) => {
      using world = new ToyWorld();
      await live(world, specOf(plain + line));
      const other = await live(world, specOf(plain + line, ['beta=10,11,12']));
      expect(other.executor.trained).toEqual([]);
      expect(endedBy(other)).toContain('is used up');
    },
  );

  // The third cohort has four, or two.
  test.each([12, 10])(
    'by a budget of %i trials: those that have begun are judged, or trained to the end',
    async (trials) => {
      using world = new ToyWorld();
      const text = TPE.replace('trials: 15', 'trials: 14').replace('halving }', 'halving, min_epochs: 2, eta: 2 }');
      const spec = specOf(`${text}budget: { trials: ${trials} }`);
      await live(world, spec);
      const after = outcome(world);
      const states = world.snapshot().trials.map(({ state }) => state);
      expect(states.toSorted()).toEqual([
        ...Array<string>(3).fill('completed'),
        ...Array<string>(trials - 3).fill('pruned'),
      ]);
      const again = await live(world, spec);
      expect(again.executor.trained).toEqual([]);
      expect(outcome(world)).toEqual(after);
    },
  );

  test.each([
    ['a grid', GRID, 'budget: { epochs: 29 }'],
    ['a search', TPE, 'until: { reached: -200 }'],
    ['a search', TPE, 'budget: { epochs: 19 }'],
  ])('of %s in the middle of a cohort: nothing waits for what does not begin', async (_, text, line) => {
    using world = new ToyWorld();
    const spec = specOf(`${text}${line}\n`);
    expect(endedBy(await live(world, spec))).toBeDefined();
    expect((await live(world, spec)).executor.trained).toEqual([]);
    await live(world, specOf(text));
    expect(world.snapshot().trials.every(({ state }) => ['completed', 'pruned'].includes(state))).toBe(true);
  });

  const ofOneSeed = (text: string): string => text.replace('seeds: 2', 'seeds: 1');

  /** The first that `isMeant` diverges after so many epochs, in whichever life. */
  const divergesFirst = (epochs: number, isMeant: (job: TrainJob) => boolean): NonNullable<Life['fate']> => {
    let first: string | undefined;
    return (trial) => {
      const job = trial as TrainJob;
      if (isMeant(job)) first ??= job.trial;
      return job.trial === first ? { epochs, outcome: { kind: 'diverged', message: 'not finite' } } : undefined;
    };
  };

  const isComplete = (world: ToyWorld): boolean => {
    const seeds = Map.groupBy(world.snapshot().trials, ({ configId }) => configId);
    return [...seeds.values()].some((trials) => trials.every(({ state }) => state === 'completed'));
  };

  test.each([
    ['a search', TPE, 16],
    ['a list pruned by asha', ofOneSeed(ASHA), 20],
    ['a list pruned by the median, of two seeds', MEDIAN, 46],
    ['a list pruned by the median', ofOneSeed(MEDIAN), 24],
  ])(
    'of epochs: %s keeps room to finish another where the first diverges, the same with 1 to 7 slots and over these kills',
    async (_, text, epochs) => {
      const spec = specOf(`${text}\nbudget: { epochs: ${epochs} }\n`);
      const outcomes: unknown[] = [];
      const lives = [1, 0, 7, 0, 1, 31, 2, 20, 2, 40, 7, 14, 7, 37];
      for (let life = 0; life < lives.length; life += 2) {
        const [slots, killedAfter] = [lives[life]!, lives[life + 1]!];
        using world = new ToyWorld();
        const fate = divergesFirst(5, ({ pauseAt }) => pauseAt === undefined);
        const killed = start(world, spec, { slots, fate });
        let steps = killedAfter;
        await killed.play(() => steps-- <= 0);
        killed.kill();
        await live(world, spec, { slots, fate });
        expect(isComplete(world)).toBe(true);
        expect((await live(world, spec, { slots, fate })).executor.trained).toEqual([]);
        outcomes.push(world.snapshot().trials.map(({ id, state, epochs: reached }) => [id, state, reached]));
      }
      for (const other of outcomes) expect(other).toEqual(outcomes[0]);
    },
  );

  test('of epochs: a trial that is revived, and diverges, leaves the room to finish another', async () => {
    using world = new ToyWorld();
    const spec = specOf(`${TPE}budget: { epochs: 13 }\n`);
    const best = divergesFirst(2, ({ pauseAt }) => pauseAt === 3);
    const revived = divergesFirst(2, ({ pauseAt }) => pauseAt === undefined);
    const fate: Life['fate'] = (trial) => best(trial) ?? revived(trial);
    const killed = start(world, spec, { fate });
    await killed.play(() => killed.eventsOf('judged').length === 1);
    killed.kill();
    const pruned = world.snapshot().trials.find(({ state }) => state === 'pruned')!;
    await live(world, spec, { fate, revive: [pruned.id] });
    expect(world.snapshot().trials.filter(({ state }) => state === 'diverged')).toHaveLength(2);
    expect(isComplete(world)).toBe(true);
  });

  test('of epochs: a configuration that has lost a seed trains no other in the place of one that is not drawn yet', async () => {
    using world = new ToyWorld();
    const text = TPE.replace('trials: 15\nlookahead: 4', 'trials: 2\nlookahead: 2\nseeds: 3');
    // The second seed is drawn before the end of the first is told; with the third, 17 were left to the 18 of the others.
    const spec = specOf(`${text}\nbudget: { epochs: 19 }\n`);
    const last = await live(world, spec, { slots: 1, fate: divergesFirst(0, () => true) });
    expect([last.executor.trained.length, endedBy(last)]).toEqual([1, 'its budget of 19 epochs is used up']);
  });

  test('of epochs: a configuration is complete while it is trained again, and others need not wait', async () => {
    using world = new ToyWorld();
    // As above: β = 1 is complete, and β = 3 waits after its first epoch. 32 are used.
    await live(world, specOf(`${GRID}budget: { epochs: 33 }\n`));
    const [again, waiting] = [1, 3].map((beta) => trialsOf(world, beta)[0]!);
    const last = await live(world, specOf(`${GRID}budget: { epochs: 41 }\n`), { slots: 7, again: [again!.id] });
    const begun = last.events.findIndex((event) => event.type === 'dispatched' && event.trial === waiting!.id);
    const ended = last.events.findIndex((event) => event.type === 'finished' && event.trial === again!.id);
    expect(begun).toBeGreaterThanOrEqual(0);
    expect(begun).toBeLessThan(ended);
  });

  test.each([
    ['lost', 54],
    // The second trial had begun, too.
    ['trained again', 48],
  ])('of epochs counts a trial that was %s, though an agent declined it then', async (why, left) => {
    using world = new ToyWorld();
    const spec = specOf(`${plain}budget: { epochs: 60 }\n`);
    const first = start(world, spec, { slots: 1 });
    await first.play(() =>
      why === 'lost' ? first.executor.trained.length === 3 : first.eventsOf('finished').length === 1,
    );
    first.kill();
    const { id } = world.snapshot().trials[0]!;
    const killed = start(world, spec, { again: why === 'trained again' ? [id] : [] });
    killed.store.claim(id, killed.clock.now());
    killed.store.withdrawAttempt(id, 2);
    killed.kill();
    expect(world.snapshot().trials[0]).toMatchObject({ state: 'queued', attempts: 1 });
    const last = start(world, spec, { slots: 1 });
    await last.play(() => last.eventsOf('budget').length > 0);
    expect(last.eventsOf('budget')[0]!.left.epochs).toBe(left);
    last.kill();
  });

  test('of epochs counts those that are trained anew where a checkpoint was refused', async () => {
    using world = new ToyWorld();
    const spec = specOf(`${plain}budget: { epochs: 14 }\n`);
    const killed = start(world, spec, { slots: 1 });
    await killed.play(() => killed.executor.trained.length === 3);
    killed.kill();
    world.disk.clear();
    const last = await live(world, spec, { slots: 1 });
    // 3, and all 6 of them anew: another trial would come to 15.
    expect([last.executor.trained.length, endedBy(last)]).toEqual([6, 'its budget of 14 epochs is used up']);
    expect(last.eventsOf('budget').at(-1)!.left.epochs).toBe(5);
    const again = await live(world, spec, { slots: 1 });
    expect([again.executor.trained, endedBy(again)]).toEqual([[], 'its budget of 14 epochs is used up']);
  });

  test('of epochs counts a trial that begins anew amid its rungs, and diverges, with all that it trained', async () => {
    using world = new ToyWorld();
    const fate = divergesFirst(2, ({ pauseAt }) => pauseAt === undefined);
    const spec = specOf(`${TPE}budget: { epochs: 20 }\n`);
    const running = start(world, spec, { slots: 1, fate });
    await running.play(() => running.eventsOf('judged').length === 2);
    world.disk.clear();
    await running.finish();
    running.kill();
    const trained = running.executor.trained.length;
    expect(running.eventsOf('budget').at(-1)!.left.epochs).toBe(20 - trained);
    expect((await live(world, spec, { fate })).eventsOf('budget').at(-1)!.left.epochs).toBe(20 - trained);
  });
});
