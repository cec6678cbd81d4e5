import { describe, expect, it } from 'vitest';
import { powerToTell, seedsToTell, WANTED_POWER } from '../../../src/analysis/report/seed-advice.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { simulatedPower } from '../../support/seed-simulation.ts';
import { seedsWith, snapshotOf } from '../support.ts';

describe('the seeds that are advised', () => {
  it.each([
    [2, 1.5],
    [2, 0.8],
    [3, 1],
    [10, 2],
    [10, 0.8],
  ])(
    'tell the difference in four of five simulated sweeps: %i configurations, %f deviations',
    (configurations, effect) => {
      const seeds = seedsToTell(effect, configurations)!;
      expect(powerToTell(effect, configurations, seeds)).toBeGreaterThanOrEqual(WANTED_POWER);
      expect(powerToTell(effect, configurations, seeds - 1)).toBeLessThan(WANTED_POWER);
      const rate = simulatedPower(effect, configurations, seeds, 1500);
      // Three standard errors of the simulation, and a hundredth for the common noise that is taken as known.
      expect(Math.abs(rate - powerToTell(effect, configurations, seeds))).toBeLessThan(0.04);
    },
  );

  it('are none where no reasonable number would do', () => {
    expect(seedsToTell(0, 3)).toBeNull();
    expect(seedsToTell(0.1, 3)).toBeNull();
  });
});

describe('the report', () => {
  const beta = (value: number) => ({ parameters: { beta: value } });
  const far = seedsWith([-90, -91, -90.5], beta(8));

  it('advises where #1 and #2 are tied, and keeps the seeds there are', () => {
    const { advice } = summarize(
      snapshotOf([...seedsWith([-40, -41, -40.4], beta(1)), ...seedsWith([-40.9, -41.2, -41.8], beta(2)), ...far]),
    );
    expect(advice).toMatchObject({ seeds: 3 });
    expect(advice!.gap).toBeCloseTo(0.8333, 3);
    expect(advice!.list).toEqual(Array.from({ length: advice!.needed! }, (_, i) => i));
    expect(advice!.cost!.trials).toBe(3 * (advice!.needed! - 3));
  });

  it('says nothing where they are told apart, or one seed knows no noise', () => {
    expect(summarize(snapshotOf([...seedsWith([-40, -41, -40.4], beta(1)), ...far])).advice).toBeNull();
    expect(summarize(snapshotOf([...seedsWith([-40], beta(1)), ...seedsWith([-41], beta(2))])).advice).toBeNull();
  });
});
