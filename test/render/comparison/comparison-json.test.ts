import { expect, test } from 'vitest';
import { compare } from '../../../src/analysis/comparison/compare.ts';
import { parseFilter } from '../../../src/analysis/filter.ts';
import { renderComparisonJson } from '../../../src/render/comparison/comparison-json.ts';
import { betaSweep } from '../../analysis/support.ts';

test('the comparison has exactly the promised names', () => {
  const snapshot = betaSweep();
  const comparison = compare(
    snapshot,
    parseFilter('architecture=mlp', snapshot),
    parseFilter('architecture=conv', snapshot),
  );
  const parsed = JSON.parse(renderComparisonJson(comparison)) as Record<string, Record<string, object>>;
  expect(Object.keys(parsed)).toEqual([
    ...[
      'schema',
      'sweep',
      'where',
      'metric',
      'goal',
      'sentence',
      'left',
      'right',
      'pairs',
      'planned_pairs',
      'differs',
      'varies',
    ],
    ...['metrics', 'ratio', 'notes', 'units', 'divergence_p', 'outside_plan', 'trained_on'],
  ]);
  expect(parsed['schema']).toBe('vae-sweep.compare/1');
  expect(parsed['left']).toEqual({
    label: 'mlp',
    where: { architecture: 'mlp' },
    unmatched: [],
    lost: { diverged: 1, failed: 0, of: 10 },
  });
  expect(Object.keys(parsed['metrics']?.['val/elbo'] ?? {})).toEqual([
    'left',
    'right',
    'difference',
    'pairs',
    'verdict',
  ]);
});
