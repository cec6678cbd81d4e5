import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIGEST_BYTES } from '../../../src/data/own/content-scan.ts';
import { splitByContent } from '../../../src/data/own/split-by-content.ts';

/** Images that show these numbers. */
function digestsOf(shown: readonly number[]): Buffer {
  return Buffer.concat(shown.map((number) => createHash('sha256').update(String(number)).digest()));
}

function splitsOf(shown: readonly number[]) {
  const { order, splits, different } = splitByContent(digestsOf(shown));
  const numbers = [...order].map((index) => shown[index]!);
  return {
    order,
    splits,
    different,
    test: numbers.slice(0, splits.test),
    train: numbers.slice(splits.test, splits.test + splits.train),
    validation: numbers.slice(splits.test + splits.train),
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a split by content', () => {
  it('is 80, 10 and 10 in a hundred where all images differ, in no order of theirs', () => {
    const { splits, train, different } = splitsOf(upTo(1000));
    expect({ splits, different }).toEqual({ splits: { train: 800, validation: 100, test: 100 }, different: 1000 });
    const mean = train.slice(0, 200).reduce((sum, number) => sum + number, 0) / 200;
    expect(Math.abs(mean - 500)).toBeLessThan(100);
  });

  it('has each image once, equal ones in one split, and something in each, whatever is there', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 3, maxLength: 80 }), (shown) => {
        fc.pre(new Set(shown).size >= 3);
        const { order, splits, train, validation, test, different } = splitsOf(shown);
        expect([...order].sort((a, b) => a - b)).toEqual(upTo(shown.length));
        expect(splits.train + splits.validation + splits.test).toBe(shown.length);
        expect(different).toBe(new Set(shown).size);
        const parts = [train, validation, test].map((part) => new Set(part));
        expect(parts.every((part) => part.size > 0)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(different);
      }),
    );
  });

  it('is the same in whatever order the images lie', () => {
    const shown = upTo(50).flatMap((number) => (number % 7 === 0 ? [number, number] : [number]));
    const turned = splitsOf(shown.toReversed());
    expect([turned.train, turned.validation, turned.test]).toEqual([
      splitsOf(shown).train,
      splitsOf(shown).validation,
      splitsOf(shown).test,
    ]);
  });

  it('trains on what is there many times', () => {
    const shown = [...upTo(60), ...Array<number>(60).fill(999)];
    const { train, splits } = splitsOf(shown);
    expect(train.filter((number) => number === 999)).toHaveLength(60);
    expect(splits).toEqual({ train: 96, validation: 12, test: 12 });
  });

  it('needs three different images', () => {
    expect(splitsOf([1, 2, 3]).splits).toEqual({ train: 1, validation: 1, test: 1 });
    expect(() => splitByContent(digestsOf([1, 2, 2, 1]))).toThrow(RangeError);
    expect(digestsOf([1])).toHaveLength(DIGEST_BYTES);
  });
});
