/** Sweeps of a spec by the toy executor: planned, searched, pruned and confirmed by the real parts. */
import { goOnFrom } from '../../src/analysis/progress/go-on.ts';
import type { Emit } from '../../src/scheduler/events.ts';
import type { TrialSource } from '../../src/scheduler/sources/source.ts';
import { confirming } from '../../src/run/known-trials.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import type { SweepPlan } from '../../src/store/store.ts';
import { confirmationOf } from '../../src/sweep-file/expansion/confirmation.ts';
import { expandSpec, hasLearner } from '../../src/sweep-file/expansion/expand.ts';
import { learnedSearch, type LearnedSearch } from '../../src/sweep-file/expansion/learned-search.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { pruningKey } from '../../src/sweep-file/expansion/pruning-key.ts';
import type { SweepSpec } from '../../src/sweep-file/spec.ts';
import { trialSource } from '../../src/run/trial-source.ts';
import type { DatasetSettings, TrialId, TrialPlan } from '../../src/trial/trial.ts';
import type { Fate } from '../support/toy-executor.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import type { ToyCoordinator, ToyWorld } from './support.ts';

export type Toy = SweepSpec & { readonly dataset: DatasetSettings };

export function specOf(text: string, overrides: readonly string[] = []): Toy {
  return readSpec(text, { file: 'toy.yaml', overrides }).spec;
}

export interface Life {
  readonly slots?: number;
  readonly revive?: readonly TrialId[];
  readonly again?: readonly TrialId[];
  readonly fate?: (trial: { readonly config: TrialPlan['config']; readonly seed: number }) => Fate | undefined;
}

/** A coordinator's life under a spec, from its plan on. */
export function start(
  world: ToyWorld,
  spec: Toy,
  { slots = 2, revive = [], again = [], fate }: Life = {},
): ToyCoordinator {
  const search: LearnedSearch | undefined = hasLearner(spec) ? learnedSearch(spec, 'toy-data') : undefined;
  const recorded = search === undefined ? [] : proposalsIn(world, search);
  const screening = search
    ? recorded.flatMap(({ parameters }) => search.trialsOf(parameters))
    : expandSpec(spec, 'toy-data');
  const confirmation = confirmationOf(spec, 'toy-data');
  const chosen = confirmation && confirming(confirmation, screening, (choice, top) => chosenIn(world, choice, top));
  const isChosen = chosen !== undefined;
  const trials = [...screening, ...(chosen ?? [])];
  const pruning = pruningKey(spec, search);
  const plan: SweepPlan = { ...toyPlan({ betas: [] }), trials, plannedTrials: search && search.proposals, pruning };
  const options = { devices: { cpu: slots }, ...(fate && { fate }) };
  const coordinator: ToyCoordinator = world.start(plan, options, undefined, (queued) => {
    const { store, clock, events } = coordinator;
    const emit: Emit = (happening) => void events.push({ at: clock.now(), ...happening });
    const source = trialSource(
      {
        ...{ spec, search, confirmation, isChosen, store, clock, emit, trials, recorded, again, hours: () => 0 },
        start: world.snapshot(),
        goOn: goOnFrom([], 'toy-data', () => false),
      },
      queued,
    );
    sources.set(coordinator, source);
    return source;
  });
  for (const trial of revive) coordinator.store.revive(trial);
  for (const trial of again) coordinator.store.trainAgain(trial);
  return coordinator;
}

export function proposalsIn(world: ToyWorld, search: LearnedSearch) {
  try {
    using model = openReadModel(world.layout);
    return model.proposals('toy', search.key);
  } catch {
    return [];
  }
}

function chosenIn(world: ToyWorld, choice: string, top: number) {
  try {
    using model = openReadModel(world.layout);
    return model.chosen('toy', choice, top);
  } catch {
    return undefined;
  }
}

const sources = new Map<ToyCoordinator, TrialSource>();
export const endedBy = (coordinator: ToyCoordinator): string | undefined => sources.get(coordinator)?.endedBy;

/** One that ends by itself. */
export async function live(world: ToyWorld, spec: Toy, life: Life = {}): Promise<ToyCoordinator> {
  const coordinator = start(world, spec, life);
  await coordinator.finish();
  coordinator.kill();
  return coordinator;
}
