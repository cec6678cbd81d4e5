import { describe, expect, it } from 'vitest';
import {
  assumedSecondsPerEpoch,
  estimateBytes,
  estimateTime,
  speedsOf,
  timeLeft,
} from '../../../src/analysis/progress/cost.ts';
import { datasetOf } from '../../../src/data/datasets/index.ts';
import { forwardMacs, modelShape, weightCount } from '../../../src/model/model.ts';
import { trialRecord, type TrialSketch } from '../support.ts';

const MNIST = { height: 28, width: 28, channels: 1 };
const configOf = (sketch: TrialSketch) => trialRecord(sketch).config;
const mlp = configOf({ parameters: { hidden: [512], latent_dim: 20 } });
const conv = configOf({ parameters: { architecture: 'conv', channels: [32, 64], latent_dim: 20 } });

/** One image, once. */
const nothing = configOf({
  parameters: { hidden: [1], latent_dim: 1 },
  dataset: { train: 1, validation: 1 },
  train: { epochs: 1 },
});

describe('work and size of a model', () => {
  it('of the mlp 784-512-20: one multiply–add per weight of its dense layers', () => {
    const dense = 784 * 512 + 2 * 512 * 20 + 20 * 512 + 512 * 784;
    expect(forwardMacs(modelShape(mlp.parameters, MNIST))).toBe(dense);
    expect(weightCount(modelShape(mlp.parameters, MNIST))).toBe(dense + 512 + 2 * 20 + 512 + 784);
  });

  it('of the conv 32-64, 4×4 with stride 2: one per weight and position of the smaller map', () => {
    const convolutions = 14 * 14 * 16 * 32 + 7 * 7 * 16 * 32 * 64;
    const dense = 3 * 7 * 7 * 64 * 20;
    expect(forwardMacs(modelShape(conv.parameters, MNIST))).toBe(2 * convolutions + dense);
  });
});

describe('time', () => {
  it('without past trials is a wide range that says so', () => {
    const { lowSeconds, highSeconds, measuredTrials } = estimateTime([mlp], { past: [], slots: 1 });
    const assumed = 10 * assumedSecondsPerEpoch(mlp, datasetOf('sprites-mini'));
    expect(lowSeconds).toBeLessThan(assumed);
    expect(highSeconds / lowSeconds).toBeGreaterThan(5);
    expect(highSeconds).toBeGreaterThan(assumed);
    expect(measuredTrials).toBe(0);
  });

  it('has what it takes to start devices and to end, however little there is to train', () => {
    const { lowSeconds, highSeconds } = estimateTime([nothing], { past: [], slots: 2 });
    expect(lowSeconds).toBeGreaterThan(1);
    expect(highSeconds).toBeLessThan(6);
    const many = estimateTime(Array<typeof nothing>(1000).fill(nothing), { past: [], slots: 2 });
    expect(many.lowSeconds).toBeGreaterThan(lowSeconds + 10);
    expect(estimateTime([], { past: [], slots: 2 })).toEqual({ lowSeconds: 0, highSeconds: 0, measuredTrials: 0 });
  });

  it('from past trials holds for other sizes: a tenth of the epochs takes a tenth of the time', () => {
    const past = [trialRecord({ parameters: { latent_dim: 20 }, epochs: 10, seconds: 100 })];
    const short = configOf({ parameters: { hidden: [512], latent_dim: 20 }, train: { epochs: 1 } });
    const { lowSeconds, highSeconds, measuredTrials } = estimateTime([short], { past, slots: 1 });
    expect(lowSeconds).toBeLessThan(10);
    expect(highSeconds).toBeGreaterThan(10);
    expect(highSeconds / lowSeconds).toBeLessThan(2);
    expect(measuredTrials).toBe(1);
  });

  it('does not take one architecture for the other', () => {
    const past = [trialRecord({ seconds: 1000 })];
    expect(estimateTime([mlp, conv], { past, slots: 1 }).measuredTrials).toBe(0);
    expect(estimateTime([conv], { past, slots: 1 })).toEqual(estimateTime([conv], { past: [], slots: 1 }));
  });

  it('ignores trials that failed or whose result was taken over', () => {
    const past = [trialRecord({ state: 'failed', seconds: 1000 }), trialRecord({ reusedFrom: 'other', seconds: 1000 })];
    expect(estimateTime([mlp], { past, slots: 1 })).toEqual(estimateTime([mlp], { past: [], slots: 1 }));
  });

  it('is shared by the slots, but one trial takes its time on any number of them', () => {
    const one = estimateTime([mlp], { past: [], slots: 1 });
    const four = estimateTime([mlp, mlp, mlp, mlp], { past: [], slots: 2 });
    const start = estimateTime([nothing], { past: [], slots: 1 });
    expect(four.highSeconds - start.highSeconds).toBeCloseTo(2 * (one.highSeconds - start.highSeconds), 0);
    expect(estimateTime([mlp], { past: [], slots: 8 })).toEqual(one);
  });

  it('grows with the images a spec asks for, up to what there is', () => {
    const seconds = (train: number | null, validation: number | null = null) => {
      return assumedSecondsPerEpoch(configOf({ dataset: { name: 'mnist', train, validation } }), datasetOf('mnist'));
    };
    expect(seconds(1000)).toBeLessThan(seconds(10_000));
    expect(seconds(1_000_000)).toBe(seconds(null));
    // Without a validation split its 5,000 images train.
    expect(seconds(null, 0)).toBeGreaterThan(seconds(null));
  });
});

it('disk holds every trial’s weights, and the checkpoints of those under way and of those that more epochs can go on from', () => {
  const weights = 4 * weightCount(modelShape(mlp.parameters, datasetOf('sprites-mini')));
  const one = estimateBytes([mlp], 1);
  expect(one).toBeGreaterThan(5 * weights);
  expect(estimateBytes([mlp, mlp], 1) - one).toBeGreaterThan(5 * weights);
  expect(estimateBytes([mlp, mlp], 1) - one).toBeLessThan(6 * weights);
  const ended = { ...mlp, parameters: { ...mlp.parameters, lr_schedule: 'cosine' } };
  expect(estimateBytes([ended, ended], 1) - estimateBytes([ended], 1)).toBeLessThan(2 * weights);
  expect(estimateBytes([], 4)).toBe(0);
});

describe('the time that is left', () => {
  const small = configOf({ parameters: { hidden: [32] } });
  const large = configOf({ parameters: { hidden: [2048] } });
  const trained = (config: typeof small, seconds: number) => ({ config, epochs: 10, seconds });
  const open = (config: typeof small, epochsLeft: number, isRunning = false) => ({ config, epochsLeft, isRunning });

  it('tells slow configurations from fast ones, each by its own epochs', () => {
    const speeds = speedsOf([trained(small, 10), trained(large, 300)]);
    expect(timeLeft([open(small, 10)], speeds, 1)?.seconds).toBeCloseTo(10);
    expect(timeLeft([open(large, 10)], speeds, 1)?.seconds).toBeCloseTo(300);
  });

  it('is surer of what was trained already than of another size, and of that than of another architecture', () => {
    const speeds = speedsOf([trained(small, 10)]);
    const widths = [small, large, conv].map((config) => {
      const { seconds, lowSeconds, highSeconds } = timeLeft([open(config, 10)], speeds, 1)!;
      expect(lowSeconds).toBeLessThan(seconds);
      expect(highSeconds).toBeGreaterThan(seconds);
      return (highSeconds - lowSeconds) / seconds;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(new Set(widths).size).toBe(3);
  });

  it('gives each trial in turn the slot that is free first, to those that run before all others', () => {
    const speeds = speedsOf([trained(small, 10)]);
    // 9 and 1 run; then 5 and 5 follow on the second slot, of which the last begins at 6, when the first has 3 to go.
    const trials = [open(small, 5), open(small, 9, true), open(small, 5), open(small, 1, true)];
    expect(timeLeft(trials, speeds, 2)?.seconds).toBeCloseTo(11);
    expect(timeLeft(trials, speeds, 20)?.seconds).toBeCloseTo(9);
  });

  it('is unknown before the first epoch, and where nothing is left', () => {
    expect(timeLeft([open(small, 5)], speedsOf([]), 1)).toBeNull();
    expect(timeLeft([], speedsOf([trained(small, 10)]), 1)).toBeNull();
  });
});
