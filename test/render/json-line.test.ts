import { expect, test } from 'vitest';
import { toJsonLine } from '../../src/render/json-line.ts';

test('a line of JSON holds no acting character and loses none', () => {
  const value = { name: 'a\u001b\u009b\u2028\u202eb' };
  const line = toJsonLine(value);
  expect(line.trimEnd()).toMatch(/^[\u0020-\u007e]+$/);
  expect(JSON.parse(line)).toEqual(value);
});
