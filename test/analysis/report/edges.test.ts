import { expect, it } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { edgesText } from '../../../src/render/report/edges-text.ts';
import { nextCommands } from '../../../src/render/report/next-commands.ts';
import { seedsWith, snapshotOf, trialRecord } from '../support.ts';

const at = (elbo: number, beta: number, latent_dim: number, learning_rate: number) =>
  seedsWith([elbo, elbo - 0.1], { parameters: { beta, latent_dim, learning_rate } });

it('says where a better configuration may lie beyond what was tried', () => {
  const model = summarize(
    snapshotOf([...at(-40, 1, 16, 1e-3), ...at(-45, 4, 8, 1e-3), ...at(-50, 1, 2, 1e-2), ...at(-60, 1, 8, 1e-4)]),
  );
  expect(model.edges).toEqual([{ parameter: 'latent_dim', value: 16, end: 'largest' }]);
  expect(edgesText(model)).toBe('#1 has the largest latent_dim (16) of those tried: values beyond may be better');
});

it('an ELBO at β = 1 is best at β = 1, and nothing lies below 0', () => {
  expect(summarize(snapshotOf([...at(-40, 1, 4, 1e-3), ...at(-45, 4, 4, 1e-3)])).edges).toEqual([]);
  expect(summarize(snapshotOf([...at(-40, 0, 4, 1e-3), ...at(-45, 4, 4, 1e-3)])).edges).toEqual([]);
  const higher = summarize(snapshotOf([...at(-40, 2, 4, 1e-3), ...at(-45, 4, 4, 1e-3)]));
  expect(edgesText(higher)).toContain('the smallest beta (2)');
});

it('values that diverged were tried, too', () => {
  const lost = trialRecord({ parameters: { learning_rate: 1 }, state: 'diverged' });
  const { edges } = summarize(snapshotOf([...at(-40, 1, 10, 1e-2), ...at(-45, 1, 10, 1e-3), lost]));
  expect(edges).toEqual([]);
});

it('trials that have no match lead to effects in place of a comparison', () => {
  const model = summarize(snapshotOf([...at(-40, 1, 16, 1e-3), ...at(-45, 2, 8, 2e-3), ...at(-50, 3, 2, 4e-3)]));
  expect(nextCommands(model, '').filter((command) => /compare|effects/.test(command))).toEqual(['sweep effects beta']);
});
