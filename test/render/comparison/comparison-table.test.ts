import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { compare } from '../../../src/analysis/comparison/compare.ts';
import { renderComparison } from '../../../src/render/comparison/comparison-table.ts';
import { parseFilter } from '../../../src/analysis/filter.ts';
import { betaSweep } from '../../analysis/support.ts';

const snapshot = betaSweep();
const architectures = compare(
  snapshot,
  parseFilter('architecture=mlp', snapshot),
  parseFilter('architecture=conv', snapshot),
);
const betas = compare(snapshot, parseFilter('beta=1', snapshot), parseFilter('beta=4', snapshot));

test.each([60, 80, 140])('a comparison at %i columns', async (columns) => {
  const text = renderComparison(architectures, { columns, colour: false });
  for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  await expect(text).toMatchFileSnapshot(`../golden/comparison-${columns}.txt`);
});

test('a comparison of four pairs says that they are too few', async () => {
  const text = renderComparison(betas, { columns: 80, colour: false });
  await expect(text).toMatchFileSnapshot('../golden/comparison-few-80.txt');
});
