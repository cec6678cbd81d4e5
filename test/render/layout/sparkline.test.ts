import { expect, test } from 'vitest';
import { sparkline } from '../../../src/render/layout/sparkline.ts';

test('bars run from the lowest to the highest value', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toEqual({ text: '▁▂▃▄▅▆▇█', valuesPerMark: 1 });
});

test('a mark stands for as many values as the width needs, and the last value is always shown', () => {
  expect(sparkline([0, 9, 0, 9, 0, 9, 7], 4)).toEqual({ text: '███▁', valuesPerMark: 2 });
});

test('what never varies is a level line', () => {
  expect(sparkline([5, 5, 5], 10).text).toBe('▄▄▄');
});
