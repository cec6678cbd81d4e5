/**
 * Measures the intervals of `sweep report` on simulated sweeps: false alarms, coverage and power, beside the method used
 * before (each configuration's own paired t, with Bonferroni's correction). Exits with 1 where a limit isn't held, three
 * standard errors of the simulation allowed for: `npm run test:statistics`.
 */
import { mean, sampleVariance } from 'simple-statistics';
import { powerToTell, seedsToTell, WANTED_POWER } from '../../src/analysis/report/seed-advice.ts';
import { criticalT } from '../../src/analysis/statistics/student-t.ts';
import { differencesToBest } from '../../src/analysis/report/versus-best.ts';
import { simulate, simulatedPower, type Method, type Rates, type Setting } from '../support/seed-simulation.ts';

const SWEEPS = 2000;
const LIMIT = 0.05;

const before: Method = ([best, ...others]) =>
  others.map((values) => {
    const differences = [...values].flatMap(([seed, value]) => (best!.has(seed) ? [value - best!.get(seed)!] : []));
    const center = mean(differences);
    if (differences.length < 2) return { mean: center, low: null, high: null };
    const error = Math.sqrt(sampleVariance(differences) / differences.length);
    const half = criticalT(differences.length - 1, 1 - LIMIT / others.length) * error;
    return { mean: center, low: center - half, high: center + half };
  });
const now: Method = (ranked) => differencesToBest(ranked, 1);

const usual = { spread: 'equal', noise: 'normal', shared: 'nothing' } as const;
const KINDS: readonly (readonly [kind: string, Omit<Setting, 'seeds' | 'configurations'>, isPromised: boolean])[] = [
  ['equal noise', usual, true],
  ['half of them 4 × noisier', { ...usual, spread: 'half × 4' }, true],
  ['noise 1 to 4', { ...usual, spread: 'ramp 1 to 4' }, true],
  ['noise lognormal, σ 0.7', { ...usual, spread: 'lognormal 0.7' }, true],
  ['heavy tails (t₃)', { ...usual, noise: 'heavy tails' }, true],
  ['t₃, half 4 × noisier', { ...usual, noise: 'heavy tails', spread: 'half × 4' }, true],
  ['t₃, lognormal', { ...usual, noise: 'heavy tails', spread: 'lognormal 0.7' }, true],
  ['seeds share noise', { ...usual, shared: 'one effect' }, true],
  ['… within two groups', { ...usual, shared: 'one of two' }, true],
  ['… and lognormal', { ...usual, shared: 'one of two', spread: 'lognormal 0.7' }, true],
  ['a third lacks a seed', { ...usual, missing: 'last' }, true],
  ['all have two, one all', { ...usual, missing: 'all but two' }, true],
  ['one 10 × noisier', { ...usual, spread: 'one × 10' }, false],
];

const tolerance = 3 * Math.sqrt((LIMIT * (1 - LIMIT)) / SWEEPS);
let missed = 0;
const print = (line: string): unknown => process.stdout.write(`${line}\n`);
const percent = (rate: number): string => (100 * rate).toFixed(1).padStart(6);
const cells = ({ falseAlarms, coverage, power }: Rates): string => [falseAlarms, coverage, power].map(percent).join('');
print(`${SWEEPS} sweeps a row; %. A difference of six standard errors is there to be found.\n`);
print(`${''.padEnd(26)}                   before                 now`);
print(`${'noise'.padEnd(26)} configs seeds   false holds found   false holds found`);
for (const [kind, setting, isPromised] of KINDS) {
  for (const configurations of [2, 4, 10, 40]) {
    for (const seeds of [2, 3, 5, 10]) {
      const rates = simulate({ ...setting, configurations, seeds }, { before, now }, SWEEPS);
      const isHeld =
        rates.now.coverage >= 1 - LIMIT - tolerance && rates.now.falseAlarms <= LIMIT + tolerance * Math.SQRT2;
      if (isPromised && !isHeld) missed++;
      const mark = isHeld ? '' : isPromised ? '  MISSED' : '  (beyond what is promised)';
      const sizes = `${String(configurations).padStart(7)} ${String(seeds).padStart(5)}`;
      print(`${kind.padEnd(26)} ${sizes}  ${cells(rates.before)}  ${cells(rates.now)}${mark}`);
    }
  }
}
print(
  `\nSeeds that the report advises: how often they tell #1 from #2, of ${SWEEPS} sweeps; ${100 * WANTED_POWER} % is wanted.\n`,
);
for (const configurations of [2, 3, 10, 40]) {
  for (const effect of [2, 1, 0.6]) {
    const seeds = seedsToTell(effect, configurations);
    if (seeds === null) continue;
    const [said, found] = [
      powerToTell(effect, configurations, seeds),
      simulatedPower(effect, configurations, seeds, SWEEPS),
    ];
    const isHeld = Math.abs(said - found) <= 3 * Math.sqrt((said * (1 - said)) / SWEEPS) + 0.01;
    if (!isHeld) missed++;
    const mark = isHeld ? '' : '  MISSED';
    print(
      `${configurations} configurations, ${effect} deviations: ${seeds} seeds, said${percent(said)}, found${percent(found)}${mark}`,
    );
  }
}
print(missed === 0 ? '\nEvery promised limit holds.' : `\n${missed} rows miss their limit.`);
process.exitCode = missed === 0 ? 0 : 1;
