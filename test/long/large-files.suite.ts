import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeFileAtomically } from '../../src/files/atomic-file.ts';
import { readWhole } from '../../src/files/read-whole.ts';
import { decodeTensors, encodeTensors } from '../../src/training/safetensors.ts';

// Takes 7 GiB of memory and 2 GiB of disk.
it.each(['crc32', 'sha256'] as const)(
  'a file of weights over 2 GiB, checked by %s, comes back as it was written (issue 10, line 4)',
  async (checksum) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'large-'));
    try {
      const file = path.join(folder, 'weights');
      const values = new Float32Array(2 ** 29 + 1000).fill(1);
      values[values.length - 1] = 2;
      const pieces = encodeTensors({ metadata: {}, tensors: { a: { shape: [values.length], values } } }, checksum);
      await writeFileAtomically(file, pieces);
      expect((await stat(file)).size).toBe(pieces.reduce((sum, { length }) => sum + length, 0));
      const back = decodeTensors(await readWhole(file)).tensors['a']!.values;
      expect([back.length, back[0], back.at(-1)]).toEqual([values.length, 1, 2]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
