/** What every metric's definition must do, ours and those to come. */
import { describe, expect, it } from 'vitest';
import { emptySums } from '../../src/metrics/evaluation-sums.ts';
import { FACTS, METRICS, metricName, metricsOf, quantityOf } from '../../src/metrics/index.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';

describe.each(METRICS)('metric $name', (metric) => {
  const sums = { ...emptySums(3), images: 4, reconstruction: 320 };
  const measured = { reconstruction: 80, kl: 20, penalty: 40, sums };

  it('is called in snake_case by a name that no other has, and says what it is and in which unit', () => {
    expect(metric.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect([...METRICS, ...FACTS].filter(({ name }) => name === metric.name)).toHaveLength(1);
    for (const word of [metric.label, metric.amount, metric.unit, metric.definition]) expect(word).not.toBe('');
    expect(Number.isInteger(metric.decimals)).toBe(true);
  });

  it('is recorded under its name of the splits that it has, a finite number or none', () => {
    expect(metric.splits.length).toBeGreaterThan(0);
    for (const split of ['train', 'val', 'test'] as const) {
      const value = metricsOf(split, measured)[metricName(split, metric)];
      if (!metric.splits.includes(split)) expect(value).toBeUndefined();
      expect(value ?? 0).toSatisfy(Number.isFinite);
    }
    expect(quantityOf(`val/${metric.name}`)).toBe(metric);
  });

  it('can be told from what training measures, where it is one of training', () => {
    const { reconstruction, kl, penalty } = measured;
    if (metric.splits.includes('train')) expect(metric.of({ reconstruction, kl, penalty })).toBe(metric.of(measured));
  });

  it('may be optimised where it says so, in its own direction', () => {
    const goal = metric.goal ?? 'maximize';
    const text = `name: a\ndataset: sprites-mini\nobjective: { metric: val/${metric.name}, goal: ${goal} }\n`;
    const read = () => readSpec(text, { file: 'a.yaml', overrides: [] }).spec.objective;
    if (metric.ranks) expect(read()).toEqual({ metric: `val/${metric.name}`, goal });
    else expect(read).toThrow();
  });
});
