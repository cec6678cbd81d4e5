import { expect, test } from 'vitest';
import { describeMixedClasses, shortBitClass, shortBits } from '../../../src/render/trial/bit-class-text.ts';

const named = (engine: string, digits: string): string => `${engine} with ONNX Runtime 1.24.3, bits ${digits}`;

test('a class is told by its engine and six of its digits, and as it is where it is called otherwise', () => {
  expect(shortBitClass(named('compiled/cpu', '3f9a12c40b7e'))).toBe('compiled/cpu, bits 3f9a12');
  expect(shortBits(named('compiled/cuda', '77aa01c40b7e'))).toBe('77aa01');
  expect(shortBitClass('of old')).toBe('of old');
  expect(shortBits('of\u001b[2Jold')).not.toContain('\u001b');
});

test('of many classes the most frequent three have their names', () => {
  const classes = [40, 30, 2, 1, 1].map((trials, i) => ({
    trials,
    bitClass: named('compiled/cpu', `${i}f9a12c40b7e`),
  }));
  expect(describeMixedClasses(classes)).toMatch(
    /^40 trials were computed by .* 0f9a12; 30 by .* 1f9a12; 2 by compiled\/cpu, bits 2f9a12; 2 by 2 others: /,
  );
  expect(describeMixedClasses(classes.slice(-2))).toMatch(/^1 trial was computed by .*; 1 by .*: /);
});
