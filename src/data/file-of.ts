import path from 'node:path';
import { entryAt, refused } from './refusal.ts';

/** `train-images-idx3-ubyte`, `train-images.idx3-ubyte`, either with `.gz`, or inside of a folder of such a name. */
export async function fileOf(folder: string, name: string): Promise<string | undefined> {
  const names = [name, name.replace('-idx', '.idx')].flatMap((one) => [one, `${one}.gz`]);
  for (const candidate of names.map((one) => path.join(folder, one))) {
    const kind = await entryAt(candidate);
    if (kind === 'file') return candidate;
    if (kind === 'nothing') continue;
    for (const inside of names.map((one) => path.join(candidate, one))) {
      if ((await entryAt(inside)) === 'file') return inside;
    }
    throw await refused(candidate, { code: 'EISDIR' });
  }
  return undefined;
}
