import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedSize, packWeights, unpackWeights, type Bits } from '../../src/decoder/packed-weights.ts';
import { sizeOf } from '../../src/decoder/plain-tensor.ts';
import { embedDecoder, embeddedSize, openDecoder } from '../../src/decoder/embedded-decoder.ts';
import { plainModel } from '../../src/decoder/plain-model.ts';
import { randomStream } from '../../src/random.ts';
import { testModels, testWeights } from '../training/support.ts';

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 });

describe.each<Bits>([8, 16])('%i bits', (bits) => {
  it('a weight comes back within half a step of the largest of its channel, and zeros as zeros', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.integer(),
        fc.float({ min: Math.fround(1e-3), max: 1e3, noNaN: true }),
        (shape, seed, scale) => {
          const values = randomStream(['packed', seed])
            .fillNormal(new Float32Array(sizeOf(shape)))
            .map((value) => (value < -1 ? 0 : value * scale));
          const weights = [{ name: 'a', shape, values }];
          const back = unpackWeights(packWeights(weights, bits), weights)['a']!;
          const step = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (2 ** (bits - 1) - 1);
          values.forEach((value, i) => {
            expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(0.5001 * step);
            if (value === 0) expect(back[i]).toBe(0);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes the axis whose channels differ most', () => {
    // Columns of sizes 1 and 1,000: with a scale for all of them, or for each row, the small ones would be lost.
    const weights = [{ name: 'a', shape: [3, 2], values: Float32Array.of(1, 1e3, 0.5, 999, -0.25, 1e3) }];
    const packed = packWeights(weights, bits);
    expect(packed.tensors['a']!.axis).toBe(1);
    expect(unpackWeights(packed, weights)['a']![2]).toBeCloseTo(0.5, 2);
  });

  it('leaves biases as they are, and knows the size beforehand', () => {
    const weights = [
      { name: 'bias', shape: [3], values: Float32Array.of(1 / 3, 1e-9, 7) },
      { name: 'weight', shape: [40, 30], values: new Float32Array(1200).fill(0.1) },
    ];
    const packed = packWeights(weights, bits);
    expect(unpackWeights(packed, weights)['bias']).toEqual(weights[0]!.values);
    expect(JSON.stringify(packed).length).toBeLessThan(1.1 * packedSize(weights, bits));
  });
});

/** What rounding may change of a pixel in [0, 1], for weights that are like trained ones. */
const TOLERANCES = { 8: 8 / 255, 16: 0.1 / 255 } as const;

describe.each(Object.entries(testModels))('%s, embedded', (_name, model) => {
  it.each<Bits>([8, 16])('decodes nearly the same with %i bits', (bits) => {
    const weights = testWeights(model);
    const latents = randomStream(['embedded']).fillNormal(new Float32Array(20 * model.latentDim));
    const exact = plainModel(model, weights).decode(latents);
    const embedded = embedDecoder(model, weights, bits);
    const text = JSON.stringify(embedded);
    const pixels = openDecoder(JSON.parse(text) as typeof embedded).decode(latents);
    const largest = pixels.reduce((most, pixel, i) => Math.max(most, Math.abs(pixel - exact[i]!)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(TOLERANCES[bits]);
    expect(text.length).toBeLessThan(embeddedSize(model, bits) + 1500);
  });
});
