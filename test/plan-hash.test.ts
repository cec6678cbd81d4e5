/** A task of `--together` that comes later takes a sweep for done by this. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { planTrials } from '../src/plan-sweep.ts';
import { namedTrials, stillAsked } from '../src/run/named-trials.ts';
import { planHash } from '../src/run/plan-hash.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { trainedSweep } from './cli/trained-sweep.ts';

const SPEC = `name: a
dataset: sprites-mini
parameters: { beta: [1, 2, 4, 8] }
train: { epochs: 9 }
prune: { method: halving }
seeds: { screen: 1, confirm: 3, top: 2 }
budget: { hours: 1 }
until: { reached: -40 }
`;

const hashOf = async (...overrides: string[]): Promise<string> =>
  planHash(await planTrials({ specFile: 'a.yaml', specText: SPEC, overrides }));

test.each([
  ...['beta=1,2,4', 'prune=null', 'prune.eta=2', 'seeds.confirm=4', 'seeds.top=1', 'seeds=1'],
  ...['budget.hours=2', 'budget=null', 'until.reached=-30', 'until=null', 'evaluate_test=all'],
])('a plan with %s is another one', async (override) => {
  expect(await hashOf()).toBe(await hashOf());
  expect(await hashOf(override)).not.toBe(await hashOf());
});

test('what is asked for on demand is left until somebody has seen to it', async () => {
  const { layout } = await trainedSweep();
  using model = openReadModel(layout);
  const { trials } = model.snapshot('tiny')!;
  const [first, second] = trials.map(({ id }) => id);
  const plans = trials.map(({ id, configId, seed, config }) => ({ id, configId, seed, config }));
  const named = namedTrials({ again: [first!], revive: [second!.slice(0, 6)] }, plans, 'tiny', layout);
  expect(named).toEqual({ again: [first], revive: [second] });
  expect(stillAsked(named, 'tiny', layout)).toEqual({ again: [], revive: [] });
  const db = new Database(layout.database);
  db.prepare("UPDATE trials SET state = 'pruned' WHERE trial_id = ?").run(second);
  db.close();
  expect(stillAsked(named, 'tiny', layout)).toEqual({ again: [], revive: [second] });
});
