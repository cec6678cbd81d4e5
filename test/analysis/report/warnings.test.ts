import { expect, test } from 'vitest';
import { describeWarning } from '../../../src/render/report/warning-text.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { seedsWith, snapshotOf, trialRecord, valMetrics } from '../support.ts';

function messages(...args: Parameters<typeof summarize>): string[] {
  const model = summarize(...args);
  return model.warnings.map((warning) => describeWarning(warning, model));
}
const completed = seedsWith([-36, -37, -38]);

test('names the region, the seed and the cause of a trial that diverged', () => {
  const lost = trialRecord({
    parameters: { beta: 8 },
    seed: 1,
    state: 'diverged',
    cause: 'loss not finite at epoch 3',
  });
  expect(messages(snapshotOf([...completed, lost]))).toEqual([
    `1 trial diverged: ${lost.id.slice(0, 6)} beta=8 seed 1 (loss not finite at epoch 3)`,
  ]);
});

test('groups trials by cause, with the region they share', () => {
  const lost = [0, 1].map((seed) => {
    return trialRecord({
      parameters: { beta: 8 },
      seed,
      state: 'diverged',
      cause: `loss not finite at epoch ${seed + 2}`,
    });
  });
  const failed = trialRecord({ parameters: { beta: 4 }, state: 'failed', cause: 'out of memory' });
  const [first, second] = messages(snapshotOf([...completed, ...lost, failed]));
  expect(first).toMatch(/^2 trials diverged, all with beta=8: \w{6}, \w{6} \(e\.g\. loss not finite at epoch 2\)$/);
  expect(second).toMatch(/^1 trial failed: .*beta=4 seed 0 \(out of memory\)$/);
});

test('takes causes that differ only in numbers for one, however large these are (issue 9, line 3)', () => {
  const lost = ['312.40, KL 783.65', '1.73e14, KL 7.00e24', '-2.10, KL 0'].map((values, seed) => {
    const cause = `step ${seed + 9} (epoch 1): the KL is infinite; at step 8 still reconstruction ${values}; usually helps`;
    return trialRecord({ parameters: { beta: 8 }, seed, state: 'diverged', cause });
  });
  const [first, ...others] = messages(snapshotOf([...completed, ...lost]));
  expect(first).toMatch(/^3 trials diverged, all with beta=8: /);
  expect(others).toEqual([]);
});

test('calls a trial collapsed when its rate is nearly zero and no unit is active', () => {
  const trials = (kl: number, active: number) =>
    snapshotOf(seedsWith([0, 0], { metrics: valMetrics(-206, kl, active) }));
  expect(messages(trials(0.05, 0))[0]).toMatch(/^2 trials collapsed: .*KL below 0\.1 nats/);
  expect(messages(trials(0.05, 1))).toEqual([]);
  expect(messages(trials(0.2, 0))).toEqual([]);
});

test('asks the training images where one held-out image can’t tell active units (issue 10, line 3)', () => {
  const trials = (trainKl: number) => {
    const metrics: Record<string, number> = { ...valMetrics(-206, 0.05, 0) };
    delete metrics['val/active_units'];
    return snapshotOf(seedsWith([0, 0], { metrics: { ...metrics, 'train/kl': trainKl } }));
  };
  expect(messages(trials(3))).toEqual([]);
  expect(messages(trials(0.05))[0]).toMatch(/KL below 0\.1 nats: the latent code/);
});

test('says that the order may change while trials are open', () => {
  const open = trialRecord({ parameters: { beta: 2 }, state: 'running' });
  expect(messages(snapshotOf([...completed, open]))).toEqual([
    '1 trial is not finished yet: the order may still change',
  ]);
});

test('issue 9: a trial outside the plan that no run will finish is not open', () => {
  const outside = trialRecord({ parameters: { beta: 2 }, state: 'queued', inPlan: false });
  expect(messages(snapshotOf([...completed, outside])).join()).not.toContain('not finished yet');
});

test('seeds that are still to come are missed by nobody', () => {
  const betas = [1, 4].flatMap((beta) => [
    trialRecord({ parameters: { beta }, metrics: valMetrics(-36 - beta) }),
    trialRecord({ parameters: { beta }, seed: 1, state: 'queued' }),
  ]);
  expect(messages(snapshotOf(betas))).toEqual(['2 trials are not finished yet: the order may still change']);
  const ended = betas.map((trial) => (trial.state === 'queued' ? { ...trial, state: 'failed' as const } : trial));
  expect(messages(snapshotOf(ended)).slice(1)).toEqual([
    expect.stringMatching(/^every configuration lost seeds: they are ranked by what is left/),
  ]);
});

test('warns that two seeds tell little apart', () => {
  const sweep = (...elbos: number[][]) =>
    snapshotOf(elbos.flatMap((values, i) => seedsWith(values, { parameters: { beta: i + 1 } })));
  // Differences −1.0 and −1.4: 12.706 × 0.2828 / √2
  expect(messages(sweep([-36, -37], [-37, -38.4]))).toEqual([
    'two seeds each: a difference in val/elbo must be about 2.54 or more to be told from chance (5 or more are better)',
  ]);
  expect(messages(sweep([-36, -37, -38], [-37, -38, -39.2]))).toEqual([]);
});

test('counts seeds that were planned: what diverged is no missing second seed', () => {
  const one = [
    ...seedsWith([-36, -37], { parameters: { beta: 1 } }),
    ...seedsWith([-38, -38.5], { parameters: { beta: 2 } }),
  ];
  const diverged = trialRecord({ parameters: { beta: 4 }, seed: 1, state: 'diverged', cause: 'the KL is infinite' });
  const lossy = [1, 2].flatMap((beta) => [
    trialRecord({ parameters: { beta }, metrics: valMetrics(-36) }),
    { ...diverged, id: `${beta}`, configId: trialRecord({ parameters: { beta } }).configId },
  ]);
  expect(messages(snapshotOf(lossy)).join()).not.toContain('one seed each');
  expect(messages(snapshotOf([...one, ...seedsWith([-40], { parameters: { beta: 8 } })])).join()).toContain(
    'at most two seeds each: a difference',
  );
});

test('refuses to rank by an objective that weighs KL by a beta that differs', () => {
  const trials = [1, 4].flatMap((beta) => {
    return seedsWith([0, 0, 0], { parameters: { beta }, metrics: { ...valMetrics(-36), 'val/objective': 36 * beta } });
  });
  const ranked = () => summarize(snapshotOf(trials), { by: 'val/objective' });
  expect(ranked).toThrow('these minimised other things (D + R; D + 4·R): rank them by val/elbo');
});

test('tells which bit classes computed what is ranked, where they are several', () => {
  const bits = (digits: string): string => `compiled/cpu with ONNX Runtime 1.24.3, bits ${digits}`;
  const by = (...classes: readonly (string | null)[]) => {
    const trials = classes.map((bitClass, seed) => trialRecord({ seed, metrics: valMetrics(-36 - seed), bitClass }));
    // What ended without a result is compared with nothing.
    const lost = trialRecord({ seed: 99, state: 'failed', cause: 'out of memory', bitClass: bits('0123456789ab') });
    const { warnings } = summarize(snapshotOf([...trials, lost]));
    return { trials, warning: warnings.find(({ kind }) => kind === 'bit_classes') };
  };
  const [one, other] = [bits('3f9a12c40b7e'), bits('77aa01c40b7e')];
  const { trials, warning } = by(other, one, one, null);
  expect(warning?.trials).toEqual([trials[0]!.id]);
  expect(describeWarning(warning!, { metric: 'val/elbo', idLength: 6, noun: 'image' })).toMatch(
    /^2 trials were computed by compiled\/cpu, bits 3f9a12; 1 by compiled\/cpu, bits 77aa01: these round differently, /,
  );
  for (const alike of [by(one, one), by(null, null), by(one, null)]) expect(alike.warning).toBeUndefined();
});
