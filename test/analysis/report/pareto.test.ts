import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { renderReportJson } from '../../../src/render/report/report-json.ts';
import { tradeTexts } from '../../../src/render/report/trade-text.ts';
import { snapshotOf, trialRecord } from '../support.ts';

/** A trial of a β with rate R and distortion D. */
function trial(beta: number, rate: number, distortion: number, more: Parameters<typeof trialRecord>[0] = {}) {
  const metrics = { 'val/elbo': -rate - distortion, 'val/kl': rate, 'val/reconstruction': distortion };
  return trialRecord({ parameters: { beta }, metrics, ...more });
}

describe('the Pareto set', () => {
  it('is of means over seeds', () => {
    const trials = [trial(1, 10, 40), trial(1, 20, 30, { seed: 1 }), trial(4, 16, 36), trial(4, 16, 36, { seed: 1 })];
    const { trade } = summarize(snapshotOf(trials));
    expect(trade).toMatchObject({ of: 2, leftOut: 0, optimal: [{ rank: 1 }] });
  });

  it('has nothing that lost seeds, and says that it was left out', () => {
    const trials = [
      ...[trial(1, 10, 40), trial(1, 10, 40, { seed: 1 }), trial(4, 5, 50), trial(4, 5, 50, { seed: 1 })],
      ...[trial(8, 1, 1), trialRecord({ parameters: { beta: 8 }, seed: 1, state: 'diverged' })],
      trialRecord({ parameters: { beta: 16 }, state: 'diverged' }),
    ];
    const model = summarize(snapshotOf(trials));
    expect(model.trade?.optimal.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(tradeTexts(model)).toEqual([
      'Pareto-optimal in rate (KL) and distortion (recon), of means: all 2; 2 with seeds lost, pruned or open not judged',
      'val/elbo is taken at β = 1, so it favours training near β = 1 by construction',
    ]);
    expect(JSON.parse(renderReportJson(model))).toMatchObject({
      pareto: {
        rate: 'val/kl',
        distortion: 'val/reconstruction',
        of: 2,
        left_out: 2,
        configurations: [{ rank: 1 }, {}],
      },
    });
  });

  it('is of all configurations, also where the table has the best alone', () => {
    const trials = [trial(1, 10, 40), trial(2, 5, 50), trial(4, 1, 60)];
    expect(tradeTexts(summarize(snapshotOf(trials), { best: 1 }))[0]).toContain('of means: all 3');
  });
});

it('says nothing of β where no β differs or the metric is no ELBO, and nothing at all of one configuration', () => {
  const other = (learning_rate: number) => ({ parameters: { learning_rate } });
  const rates = [trial(1, 10, 40, other(0.001)), trial(1, 20, 50, other(0.01))];
  expect(tradeTexts(summarize(snapshotOf(rates)))).toEqual([
    'Pareto-optimal in rate (KL) and distortion (recon), of means: #1 of 2',
  ]);
  expect(tradeTexts(summarize(snapshotOf([trial(1, 10, 40), trial(4, 5, 50)]), { by: 'kl' }))).toHaveLength(1);
  expect(tradeTexts(summarize(snapshotOf([trial(1, 10, 40)])))).toEqual([]);
});
