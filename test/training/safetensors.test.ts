import { describe, expect, it } from 'vitest';
import { decodeTensors, encodeTensors } from '../../src/training/safetensors.ts';

const file = {
  metadata: { trial: 'a' },
  tensors: {
    bias: { shape: [2], values: Float32Array.of(1, -2) },
    weight: { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    odd: { shape: [1], values: Float32Array.of(7) },
    doubles: { shape: [2], values: Float64Array.of(0.1, 1e300) },
  },
};

describe.each(['sha256', 'crc32'] as const)('a file checked by %s', (checksum) => {
  const encoded = Buffer.concat(encodeTensors(file, checksum));

  it('comes back as it was, and names its checksum for other readers', () => {
    expect(decodeTensors(encoded)).toEqual(file);
    const json = encoded.subarray(8, 8 + Number(encoded.readBigUInt64LE())).toString();
    expect(JSON.parse(json)).toMatchObject({ __metadata__: { trial: 'a', [checksum]: expect.any(String) as string } });
  });

  it.each([
    ['in the data', encoded.length - 1],
    ['in the metadata', encoded.indexOf('"a"') + 1],
  ])('shows a changed byte %s', (_, at) => {
    expect(() => decodeTensors(encoded.with(at, encoded.at(at)! ^ 2))).toThrow('does not match its checksum');
  });
});

it('refuses a file without a checksum', () => {
  const encoded = Buffer.concat(encodeTensors(file, 'crc32')).toString('latin1').replace('crc32', 'crc99');
  expect(() => decodeTensors(Buffer.from(encoded, 'latin1'))).toThrow('does not match its checksum');
});
