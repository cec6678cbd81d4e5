import { describe, expect, it } from 'vitest';
import { compareSeveral } from '../../../src/analysis/comparison/compare-several.ts';
import { compare, pairingSide } from '../../../src/analysis/comparison/compare.ts';
import { parseSettings } from '../../../src/analysis/comparison/settings.ts';
import { randomStream } from '../../../src/random.ts';
import { renderSeveral } from '../../../src/render/comparison/several-table.ts';
import { severalNotes, severalSentence } from '../../../src/render/comparison/several-text.ts';
import type { SweepSnapshot, TrialRecord } from '../../../src/store/read-model.ts';
import { seedsWith, snapshotOf, trialRecord, valMetrics } from '../support.ts';

const beta = (value: number) => ({ parameters: { beta: value } });
function several(trials: readonly TrialRecord[], words: readonly string[] = ['beta'], reference?: number) {
  const snapshot: SweepSnapshot = snapshotOf(trials);
  return compareSeveral(
    snapshot,
    parseSettings(words, snapshot).map((filter) => pairingSide(snapshot, filter)),
    { reference },
  );
}
const base = [-36, -37.2, -35.1, -38.4, -36.6];
const shifted = (by: number, wobble = 0.1) => base.map((value, i) => value + by + wobble * (i % 2 === 0 ? 1 : -1));
const three = [...seedsWith(base, beta(1)), ...seedsWith(shifted(-0.05), beta(2)), ...seedsWith(shifted(-6), beta(4))];

describe('three settings', () => {
  it('stand beside the best, in blocks of one seed, with one statement for all', () => {
    const comparison = several(three);
    expect(comparison.blocks).toHaveLength(5);
    expect(severalSentence(comparison)).toMatch(
      /^beta=1 is ahead: beta=4 is worse by 5\.98 nats of ELBO; beta=2 can't be told from it \(95 % for all together, 5 blocks\)$/,
    );
    expect(comparison.metrics[0]!.sides.map((side) => side?.verdict)).toEqual([null, 'unclear', 'worse']);
  });

  it('stand beside a reference that was asked for, also where it is the worst', () => {
    const comparison = several(three, ['beta'], 2);
    expect(comparison.metrics[0]!.sides.map((side) => side?.verdict)).toEqual(['better', 'better', null]);
    expect(severalSentence(comparison)).toMatch(
      /^Beside beta=4: beta=1 is better by 5\.98 nats of ELBO, beta=2 by 5\.95 \(/,
    );
  });

  it('say of a metric without a better end how large the difference is, and no more', () => {
    const kl = several(three).metrics.find(({ name }) => name === 'val/kl')!;
    expect(kl.sides.every((side) => side?.verdict === null)).toBe(true);
  });

  it('say so where their trials are of several bit classes', () => {
    const mixed = three.map((trial) => ({ ...trial, bitClass: `engine, bits ${trial.seed === 4 ? 'b' : 'a'}` }));
    expect(severalNotes(several(mixed)).join()).toContain(
      '12 trials were computed by engine, bits a; 3 by engine, bits b: ',
    );
    expect(severalNotes(several(three)).join()).not.toContain('computed by');
  });

  it.each([60, 80, 140])('fit %i columns, by rows where they are too many', (columns) => {
    const many = Array.from({ length: 12 }, (_, i) => seedsWith(shifted(-i), beta(i + 1))).flat();
    for (const line of renderSeveral(several(many), { columns, colour: false }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});

describe('what was lost', () => {
  const lost = (value: number, seed: number) => trialRecord({ ...beta(value), seed, state: 'diverged' });

  it('makes no survivor the best or better, and is told', () => {
    const survivors = [...seedsWith(shifted(9).slice(0, 4), beta(4)), lost(4, 4)];
    const comparison = several([...three.slice(0, 10), ...survivors]);
    expect(comparison.reference).toBe(0);
    expect(comparison.metrics[0]!.sides[2]?.verdict).toBe('unclear');
    const notes = severalNotes(comparison).join('\n');
    expect(notes).toContain('1 diverged of 5 trials of beta=4');
    expect(notes).toContain('1 of 5 blocks left out of the figures');
  });

  it('of a setting that completed nothing leaves the others their blocks', () => {
    const comparison = several([...three.slice(0, 10), ...base.map((_, seed) => lost(4, seed))]);
    expect(comparison.blocks).toHaveLength(5);
    expect(comparison.metrics[0]!.sides[2]).toBeNull();
    expect(severalSentence(comparison)).toContain('nothing to compare completed of beta=4');
  });
});

it('equal settings are seldom told apart: the intervals hold for all of them together', () => {
  const noise = randomStream(['equal settings']);
  const draws = noise.fillNormal(new Float32Array(400 * 5 * 4));
  let alarms = 0;
  for (let sweep = 0; sweep < 400; sweep++) {
    const trials = [1, 2, 4, 8, 16].flatMap((value, i) =>
      Array.from({ length: 4 }, (_, seed) =>
        trialRecord({ ...beta(value), seed, metrics: valMetrics(-40 + draws[(sweep * 5 + i) * 4 + seed]!) }),
      ),
    );
    if (several(trials).metrics[0]!.sides.some((side) => side?.verdict === 'worse')) alarms++;
  }
  // 5 %, three standard errors allowed for.
  expect(alarms / 400).toBeLessThan(0.083);
});

it('two settings are compared as before, by pairs', () => {
  const snapshot = snapshotOf(three);
  const [left, right] = parseSettings(['beta=1', 'beta=4'], snapshot);
  expect(compare(snapshot, left!, right!).pairs).toHaveLength(5);
});
