/** `sweep data FOLDER -o FILE.npz` and `sweep data NAME -o FILE.npz`: all images, for NumPy. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { spritesMini } from '../../src/data/datasets/sprites-mini.ts';
import { png } from '../data/own/write.ts';
import { arraysIn } from '../support/arrays-in.ts';
import { runCli, temporaryFolder } from './support.ts';

function place() {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const env = { XDG_CACHE_HOME: at('cache'), COLUMNS: '200' };
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(['data', ...args], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  return { at, ok };
}

/** The texts of an array of so many. */
function textsOf(bytes: Buffer | undefined, count: number): string[] {
  const cell = bytes!.length / count;
  return Array.from({ length: count }, (_, i) => {
    const points = new Uint32Array(Uint8Array.from(bytes!.subarray(i * cell, (i + 1) * cell)).buffer);
    return String.fromCodePoint(...points).replaceAll('\0', '');
  });
}

function tally(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(texts, (text) => text)].map(([text, { length }]) => [text, length]));
}

test('of a folder: images, splits, labels and paths; read again, they are the same images', async () => {
  const { at, ok } = place();
  const [kinds, each, side] = [['a', 'b'], 20, 6];
  const images = kinds.flatMap((kind, k) => {
    mkdirSync(at(`faces/${kind}`), { recursive: true });
    return Array.from({ length: each }, (_, i) => {
      const pixels = Uint8Array.from({ length: side * side }, (_, p) => (p * (i + 2) + 90 * k) % 256);
      writeFileSync(at(`faces/${kind}/${String(i).padStart(2, '0')}.png`), png(side, side, pixels));
      return pixels;
    });
  });
  await ok(at('faces'), '-o', at('faces.npz'));
  const arrays = await arraysIn(at('faces.npz'));
  expect(Object.keys(arrays)).toEqual(['images', 'split', 'label', 'path']);
  expect(arrays['images']!.equals(Buffer.concat(images))).toBe(true);
  expect(tally(textsOf(arrays['label'], 40))).toEqual({ a: 20, b: 20 });
  expect(textsOf(arrays['path'], 40)[21]).toBe('b/01.png');
  const facts = async (name: string) => JSON.parse(await ok(at(name), '--json')) as Record<string, unknown>;
  const [folder, archive] = [await facts('faces'), await facts('faces.npz')];
  expect(tally(textsOf(arrays['split'], 40))).toEqual(folder['splits']);
  expect(archive).toMatchObject({ fingerprint: folder['fingerprint'], labels: { from: expect.any(String) as string } });
});

test('of a data set by its name: images, splits and labels', async () => {
  const { at, ok } = place();
  const said = await ok('sprites-mini', '-o', at('sprites.npz'));
  expect(said).toBe(`${at('sprites.npz')} · sprites-mini: images 5760 × 32 × 32, split, label\n`);
  const { images, split, label } = await arraysIn(at('sprites.npz'));
  const taken = spritesMini.take(Int32Array.from({ length: 5760 }, (_, i) => i));
  expect(images!.equals(Buffer.from(taken.buffer, taken.byteOffset, taken.byteLength))).toBe(true);
  expect(tally(textsOf(split, 5760))).toEqual(spritesMini.splits);
  expect(Object.values(tally(textsOf(label, 5760)))).toEqual([1920, 1920, 1920]);
});
