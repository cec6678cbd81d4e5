/** `learn_from`: a search that starts from what other sweeps found. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { lookAhead } from '../src/analysis/progress/outlook.ts';
import { trialDetailOf } from '../src/answers/trial-details.ts';
import { readCircumstances } from '../src/circumstances.ts';
import { ResultsLayout } from '../src/files/paths.ts';
import { planSweep, planTrials } from '../src/plan-sweep.ts';
import { planLines } from '../src/render/run/plan-text.ts';
import { renderTrial } from '../src/render/trial/trial-text.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { runSweep } from '../src/sweep.ts';
import { recordSweep } from './support/recorded-sweep.ts';
import { ToyExecutor } from './support/toy-executor.ts';
import { toySurroundings } from './support/toy-surroundings.ts';

const BETA = `
name: beta
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { hidden: [8], latent_dim: 2, beta: { min: 0.25, max: 16, scale: log } }
train: { epochs: 2, batch_size: 16 }
search: sobol
trials: 16
`;
/** Half of that space. */
const NEXT = BETA.replace('name: beta', 'name: next')
  .replace('min: 0.25, max: 16', 'min: 0.5, max: 4')
  .replace('sobol\ntrials: 16', 'tpe\ntrials: 5\nlookahead: 2\nlearn_from: [beta]');

let recorded: string;
beforeAll(async () => {
  recorded = mkdtempSync(path.join(tmpdir(), 'vae-sweep-learn-'));
  await recordSweep(recorded, BETA, {
    fate: (_, place) => (place === 3 ? 'open' : place === 4 ? 'diverged' : 'completed'),
  });
  return () => rmSync(recorded, { recursive: true });
});

/** A copy of what `beta` left. */
function folderWithBeta(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-learn-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(recorded, folder, { recursive: true });
  return folder;
}

const optionsOf = (folder: string, specText = NEXT, overrides: string[] = []) => {
  return { specFile: 'next.yaml', specText, overrides, resultsDir: path.join(folder, 'results'), device: 'cpu' };
};

async function run(folder: string, slots: number, overrides: string[] = []): Promise<void> {
  const result = await runSweep(
    { ...optionsOf(folder, NEXT, overrides), slots },
    () => undefined,
    toySurroundings(new ToyExecutor({ devices: { cpu: slots } })),
  );
  expect(result.counts.completed).toBe(overrides.length > 0 ? 2 : 5);
}

async function proposalsIn(folder: string): Promise<unknown> {
  const { search } = await planTrials(optionsOf(folder));
  using results = openReadModel(new ResultsLayout(path.join(folder, 'results')));
  return results.proposals('next', search!.key);
}

async function planText(folder: string): Promise<string> {
  const options = optionsOf(folder);
  const planned = await planSweep(options);
  const outlook = lookAhead(planned, await readCircumstances(planned, options));
  return planLines(planned, outlook, { columns: 400, colour: false }, []).join('\n');
}

test('it learns from the first configuration on, the same whatever the slots, stops and what the other has come to since', async () => {
  const calm = folderWithBeta();
  expect(await planText(calm)).toContain(
    'starts from 7 configurations of beta (9 left out: 8 outside this space by `beta`, 1 not finished)',
  );
  await run(calm, 1);

  const grown = folderWithBeta();
  await run(grown, 2, ['trials=2']);
  await recordSweep(grown, BETA.replace('trials: 16', 'trials: 32'));
  expect(await planText(grown)).toContain('starts from 7 configurations, as they were at its first run: 7 of beta');
  await run(grown, 4);
  expect(await proposalsIn(grown)).toEqual(await proposalsIn(calm));

  // One that begins now knows more, and proposes otherwise.
  const later = folderWithBeta();
  await recordSweep(later, BETA.replace('trials: 16', 'trials: 32'));
  await run(later, 1);
  expect(await proposalsIn(later)).not.toEqual(await proposalsIn(calm));

  const layout = new ResultsLayout(path.join(calm, 'results'));
  using model = openReadModel(layout);
  const last = model.snapshot('next')!.trials.at(-1)!;
  expect(renderTrial(trialDetailOf({ model, layout }, last.id), { columns: 400, colour: false })).toMatch(
    /configuration 5 of the search, proposed by tpe from 3 results, the best val\/elbo \S+, and 7 configurations of beta, while another was open/,
  );
});

test.each([
  [['learn_from=[betta]'], 'there is no sweep `betta` in', 'did you mean beta?'],
  [['learn_from=[next]'], 'is this sweep itself', 'leave it out'],
  [
    ['search=random'],
    '`learn_from` is only for auto, bayes or tpe search: random search learns nothing',
    'leave it out',
  ],
  [
    ['train.epochs=3'],
    'nothing can be learnt from `beta`: of its 16 configurations 16 with epochs: 2',
    'on the same data, with epochs: 3, by val/elbo',
  ],
  [['dataset.train=128'], 'of its 16 configurations 16 on other data', 'on the same data'],
  [['latent_dim=3'], 'of its 16 configurations 16 outside this space by `latent_dim`', 'in this space'],
])('%j is refused, with place and reason', async (overrides, message, hint) => {
  const failure = planTrials(optionsOf(recorded, NEXT, overrides));
  await expect(failure).rejects.toMatchObject({ code: 'SPEC_INVALID' });
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toThrow(hint);
});
