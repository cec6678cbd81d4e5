/** What a spec says by `condition`. */
import { expect, it, vi } from 'vitest';
import { planTrials } from '../../src/plan-sweep.ts';
import { mlp } from '../../src/model/architectures/mlp.ts';

const plan = (parameters: string, rest = '') =>
  planTrials({
    specFile: 'x.yaml',
    specText: `name: a\ndataset: sprites-mini\nparameters: { ${parameters} }\n${rest}`,
    overrides: [],
  });

it('a trial that is told labels has them in its settings; one that is not, beside it, is the trial that it always was', async () => {
  const { trials } = await plan('condition: [none, label]');
  expect(trials.map(({ config }) => config.dataset.labels?.names)).toEqual([undefined, ['square', 'ellipse', 'heart']]);
  const [before] = (await plan('beta: 1')).trials;
  expect([trials[0]!.id, trials[0]!.configId]).toEqual([before!.id, before!.configId]);
  expect(trials[1]!.id).not.toBe(before!.id);
});

it('a search that learns is refused both, whose values have no common scale', async () => {
  const rest = 'search: tpe\ntrials: 8\n';
  await expect(plan('condition: [none, label], beta: { min: 1, max: 4 }', rest)).rejects.toThrow(
    /values of `condition: none` and of `condition: label` have none in common/,
  );
  await expect(plan('condition: label, beta: { min: 1, max: 4 }', rest)).resolves.toBeDefined();
});

it('an architecture whose decoder has no weights for labels is refused, where it would be told them', async () => {
  const deaf = vi.spyOn(mlp, 'decoder').mockReturnValue([]);
  try {
    await expect(plan('architecture: [mlp, conv], condition: label')).rejects.toThrow(
      /x\.yaml:3:53 +`condition: label` needs a decoder that is told labels, and that of `mlp` has no weights for them/,
    );
    const rule = 'when: [{ if: { architecture: conv }, then: { condition: label } }]\n';
    await expect(plan('architecture: [mlp, conv]', rule)).resolves.toBeDefined();
  } finally {
    deaf.mockRestore();
  }
});
