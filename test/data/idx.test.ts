import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIdx } from '../../src/data/idx.ts';
import { idxFile, sha256 } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const content = idxFile([2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 255));

async function written(bytes: Uint8Array): Promise<string> {
  const file = path.join(await temporaryFolder(), 'images');
  await writeFile(file, bytes);
  return file;
}

test('reads back any array, compressed or not, with the hash of what is inside', async () => {
  const folder = await temporaryFolder();
  const array = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }).chain((dimensions) => {
    const length = dimensions.reduce((a, b) => a * b, 1);
    return fc.record({
      dimensions: fc.constant(dimensions),
      elements: fc.uint8Array({ minLength: length, maxLength: length }),
      zipped: fc.boolean(),
    });
  });
  await fc.assert(
    fc.asyncProperty(array, async ({ dimensions, elements, zipped }) => {
      const plain = idxFile(dimensions, elements);
      const file = path.join(folder, 'images');
      await writeFile(file, zipped ? gzipSync(plain) : plain);
      const read = await readIdx(file, dimensions);
      expect([...read.elements]).toEqual([...elements]);
      expect(read.sha256).toBe(sha256(plain));
    }),
    { numRuns: 50 },
  );
});

describe('refuses, naming the file, what it expected and what it found:', () => {
  const wrongMagic = Buffer.from(content);
  wrongMagic[2] = 0x0d;
  const zipped = gzipSync(content);
  const brokenChecksum = Buffer.from(zipped);
  brokenChecksum[zipped.length - 6]! ^= 1;

  test.each([
    ['an empty file', Buffer.alloc(0), 'it is empty'],
    ['another format', Buffer.from('<html>'), 'it starts with 0x3c68746d'],
    [
      'another element type',
      wrongMagic,
      'IDX file of unsigned bytes, 2 × 2 × 2 (0x00000803), but it starts with 0x00000d03',
    ],
    ['another number of dimensions', idxFile([8], content.subarray(16)), '(0x00000803), but it starts with 0x00000801'],
    ['other dimensions', idxFile([4, 2, 1], content.subarray(16)), 'but its header says 4 × 2 × 1'],
    ['a cut header', content.subarray(0, 9), 'it ends at byte 9, within its header'],
    ['a cut file', content.subarray(0, 20), 'its header promises 24 bytes, but it ends at byte 20'],
    ['a longer file', Buffer.concat([content, content]), 'promises 24 bytes, but it has more bytes after them'],
    ['a longer file inside gzip', gzipSync(Buffer.concat([content, content])), 'it unpacks to more than 24 bytes'],
    ['a cut gzip', zipped.subarray(0, zipped.length - 9), 'gzip cannot unpack it (unexpected end of file)'],
    ['a gzip with a flipped bit', brokenChecksum, 'gzip cannot unpack it (incorrect data check)'],
  ])('%s', async (_, bytes, reason) => {
    const file = await written(bytes);
    const reading = readIdx(file, [2, 2, 2]);
    await expect(reading).rejects.toMatchObject({ name: 'SweepError', code: 'DATA_CORRUPT' });
    await expect(reading).rejects.toThrow(`${file} is damaged`);
    await expect(reading).rejects.toThrow(reason);
  });

  test('a file that is not there', async () => {
    const reading = readIdx('/no/such/file', [1]);
    await expect(reading).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(reading).rejects.toThrow('Cannot read /no/such/file');
  });
});

test('does not unpack a gzip bomb', async () => {
  const file = await written(gzipSync(Buffer.concat([content, Buffer.alloc(50_000_000)])));
  await expect(readIdx(file, [2, 2, 2])).rejects.toThrow('unpacks to more than 24 bytes');
});
