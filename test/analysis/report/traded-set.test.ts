import { expect, it } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { headline } from '../../../src/render/report/headline-text.ts';
import { renderReportJson } from '../../../src/render/report/report-json.ts';
import { renderReportMarkdown } from '../../../src/render/report/markdown.ts';
import { renderReportTable } from '../../../src/render/report/table.ts';
import type { TradedObjective } from '../../../src/sweep-file/spec.ts';
import { report as schema } from '../../../schemas/report.ts';
import { snapshotOf, trialRecord } from '../support.ts';

const OBJECTIVES: readonly TradedObjective[] = [
  { metric: 'val/kl', goal: 'minimize', reference: null },
  { metric: 'val/reconstruction', goal: 'minimize', reference: null },
];

/** Three seeds of a β, whose rate and distortion are off by a share of the noise that is the seed's, and by some of their own. */
function seeds(beta: number, rate: number, distortion: number, own = 0.1) {
  return [0, 1, 2].map((seed) => {
    const kl = rate + seed + own * [1, -1, 0][(seed + 2 * beta) % 3]!;
    const reconstruction = distortion + 2 * seed - own * [0, 1, -1][(seed + 2 * beta) % 3]!;
    const metrics = { 'val/elbo': -kl - reconstruction, 'val/kl': kl, 'val/reconstruction': reconstruction };
    return trialRecord({ parameters: { beta }, seed, metrics });
  });
}

// β = 4 is beside β = 3 nothing that three seeds could tell; β = 1 is dominated.
const TRIALS = [
  ...seeds(0.5, 20, 30),
  ...seeds(1, 25, 31),
  ...seeds(2, 10, 40),
  ...seeds(3, 5, 50),
  ...seeds(4, 4.99, 50.01),
];
const model = summarize(snapshotOf(TRIALS), { objectives: OBJECTIVES });

it('is certain of a member that the seeds tell from each other one in some objective, and of no other', () => {
  expect(model.traded!.members.map(({ params, isCertain }) => [params['beta'], isCertain])).toEqual([
    [4, false],
    [3, false],
    [2, true],
    [0.5, true],
  ]);
  expect(model.traded).toMatchObject({ of: 5, leftOut: 0 });
});

it('knows nothing of the noise of one seed each', () => {
  const { traded } = summarize(snapshotOf(TRIALS.filter(({ seed }) => seed === 0)), { objectives: OBJECTIVES });
  expect(traded!.members.map(({ isCertain }) => isCertain)).toEqual([null, null, null, null]);
});

it('has a hypervolume up to the worst means, or up to what the spec says', () => {
  // Means are one more, and two more, than what they are made of: the worst are 26 and 52.01.
  const [rate, distortion] = [26, 52.01];
  const front = [
    [5.99, 52.01],
    [6, 52],
    [11, 42],
    [21, 32],
  ] as const;
  const strips = front.map(([r, d], i) => ((front[i + 1]?.[0] ?? rate) - r) * (distortion - d));
  expect(model.traded!.hypervolume).toBeCloseTo(
    strips.reduce((sum, strip) => sum + strip, 0),
    6,
  );
  const given = summarize(snapshotOf(TRIALS), { objectives: OBJECTIVES.map((one) => ({ ...one, reference: 40 })) });
  expect(given.traded!.hypervolume).toBeCloseTo((40 - 21) * (40 - 32), 6);
  expect(given.traded!.objectives[0]).toMatchObject({ reference: 40, isGiven: true });
});

it('turns what is to be made large, and leaves out what lost seeds', () => {
  const lost = [...seeds(8, 1, 1).slice(1), trialRecord({ parameters: { beta: 8 }, seed: 0, state: 'diverged' })];
  const objectives = [OBJECTIVES[0]!, { metric: 'val/elbo', goal: 'maximize', reference: null } as const];
  const { traded } = summarize(snapshotOf([...TRIALS, ...lost]), { objectives });
  expect(traded).toMatchObject({ of: 5, leftOut: 1 });
  // β = 3 has as much ELBO as β = 4, at a higher rate.
  expect(traded!.members.map(({ params }) => params['beta'])).toEqual([4, 2]);
  expect(traded!.objectives[1]!.reference).toBeCloseTo(-59, 9);
});

it('says in every form that there is no single best, and whose the ELBO is', () => {
  expect(headline(model)).toBe(
    'No single configuration is best by val/kl and val/reconstruction: 4 of 5 form the Pareto set. By val/elbo: beta 0.5 leads with -53.00 ± 7.83 nats of ELBO; 1 of 4 others is tied with it.',
  );
  const best = renderReportTable(summarize(snapshotOf(TRIALS), { objectives: OBJECTIVES, best: 1 }), {
    columns: 100,
    colour: false,
  });
  expect(best).toContain('No single configuration is best by val/kl (minimize) and val/reconstruction (minimize)');
  expect(best).toMatch(/\n 2 +2 +11\.00 ± 2\.\d+ +42\.00 ± \d\.\d+ +certain\n/);
  expect(best).toContain('hypervolume');
  expect(renderReportMarkdown(model)).toContain('| val/kl | val/reconstruction |');
  const json: unknown = JSON.parse(renderReportJson(model));
  expect(schema.parse(json)).toMatchObject({
    objectives: { of: 5, configurations: [{}, {}, { rank: 2, certain: true }, {}] },
  });
  expect(JSON.parse(renderReportJson(summarize(snapshotOf(TRIALS))))).toMatchObject({ objectives: null });
});

it('of nothing complete says that there is nothing yet', () => {
  const queued = trialRecord({ state: 'queued', metrics: {} });
  const empty = summarize(snapshotOf([queued]), { objectives: OBJECTIVES });
  expect(empty.traded).toMatchObject({ members: [], of: 0, hypervolume: 0 });
  expect(renderReportTable(empty, { columns: 80, colour: false })).toContain('No configuration has val/kl');
});

it('a set of one is told as the best', () => {
  const trials = [...seeds(1, 20, 30), ...seeds(2, 25, 31)];
  expect(headline(summarize(snapshotOf(trials), { objectives: OBJECTIVES }))).toMatch(
    /^One configuration is best by val\/kl and val\/reconstruction: 1 of 2 is the Pareto set\./,
  );
});
