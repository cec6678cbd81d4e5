import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binarize, evaluationBits, trainingBits } from '../../src/data/binarize.ts';
import { BINARIZATIONS } from '../../src/trial/trial.ts';

const key = trainingBits('static', 0, 1);
const ramp = Uint8Array.from({ length: 256 }, (_, grey) => grey);

test('grey gives the images themselves', () => {
  expect(binarize(ramp, 'grey', key)).toBe(ramp);
});

test('threshold switches on at 128', () => {
  expect([...binarize(ramp, 'threshold', key)]).toEqual([...ramp].map((grey) => (grey < 128 ? 0 : 255)));
});

test('black stays black and white stays white, whatever is drawn', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom(...BINARIZATIONS), fc.nat(), (images, mode, seed) => {
      const bits = binarize(Uint8Array.from(images), mode, trainingBits('dynamic', seed, 1));
      expect(bits.length).toBe(images.length);
      images.forEach((grey, i) => {
        if (grey === 0 || grey === 255) expect(bits[i]).toBe(grey);
        else if (mode !== 'grey') expect([0, 255]).toContain(bits[i]);
      });
    }),
  );
});

test('a drawn pixel is on as often as it is bright', () => {
  const draws = 100_000;
  for (const grey of [1, 64, 128, 200, 254]) {
    const bits = binarize(new Uint8Array(draws).fill(grey), 'dynamic', trainingBits('dynamic', 7, grey));
    const on = bits.reduce((sum, bit) => sum + bit / 255, 0) / draws;
    const p = grey / 255;
    // Five standard errors, and the stream is fixed.
    expect(Math.abs(on - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
  }
});

test('the two pixels of one draw are independent', () => {
  const bits = binarize(new Uint8Array(200_000).fill(128), 'dynamic', trainingBits('dynamic', 3, 1));
  let equal = 0;
  for (let i = 0; i < bits.length; i += 2) equal += Number(bits[i] === bits[i + 1]);
  expect(Math.abs(equal / 100_000 - 0.5)).toBeLessThan(0.008);
});

test('fewer images get the bits that they have among more', () => {
  const many = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
  const few = many.slice(0, 301);
  expect(binarize(few, 'static', key)).toEqual(binarize(many, 'static', key).subarray(0, 301));
});

test('bits are written over earlier ones where memory is given', () => {
  const grey = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
  const earlier = new Uint8Array(1000).fill(255);
  const fresh = binarize(grey, 'dynamic', key);
  const bits = binarize(grey, 'dynamic', key, earlier);
  expect(bits).toEqual(fresh);
  expect(bits).toBe(earlier);
  // Engines know a data set by its array.
});

describe('training images', () => {
  const grey = new Uint8Array(1000).fill(128);
  const bits = (mode: 'static' | 'dynamic', seed: number, epoch: number): Uint8Array =>
    binarize(grey, mode, trainingBits(mode, seed, epoch));

  test('static: the same bits for every seed and epoch', () => {
    expect(bits('static', 1, 1)).toEqual(bits('static', 2, 5));
  });

  test('dynamic: other bits for every seed and epoch, but the same when drawn again', () => {
    expect(bits('dynamic', 1, 1)).toEqual(bits('dynamic', 1, 1));
    expect(bits('dynamic', 1, 1)).not.toEqual(bits('dynamic', 1, 2));
    expect(bits('dynamic', 1, 1)).not.toEqual(bits('dynamic', 2, 1));
  });
});

test('evaluation images have bits of their own, for each split', () => {
  const grey = new Uint8Array(1000).fill(128);
  const [validation, held] = [evaluationBits('validation'), evaluationBits('test')];
  expect(binarize(grey, 'dynamic', validation)).toEqual(binarize(grey, 'static', validation));
  expect(binarize(grey, 'dynamic', validation)).not.toEqual(binarize(grey, 'dynamic', held));
  expect(binarize(grey, 'static', validation)).not.toEqual(binarize(grey, 'static', key));
});
