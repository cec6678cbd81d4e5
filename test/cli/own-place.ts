/** Images of one's own in three places, and what is trained on them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openResults } from '../../src/index.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { decodeTensors } from '../../src/training/safetensors.ts';
import { npy, png } from '../data/own/write.ts';
import { runCli, temporaryFolder } from './support.ts';

export const [N, SIDE] = [200, 12];

/** A spot on black, somewhere; in colour of some colour. */
function spots(channels: 1 | 3): Uint8Array {
  return Uint8Array.from({ length: N * SIDE * SIDE * channels }, (_, i) => {
    const c = i % channels;
    const pixel = Math.floor(i / channels);
    const image = Math.floor(pixel / SIDE ** 2);
    const [y, x] = [Math.floor(pixel / SIDE) % SIDE, pixel % SIDE];
    const [cy, cx] = [2 + (image % 9), 2 + ((image * 5) % 8)];
    const light = 255 - ((image * 13) % 90) - 60 * c * (image % 2);
    return Math.round(Math.max(0, light * (1 - ((y - cy) ** 2 + (x - cx) ** 2) / 9)));
  });
}

export const GREY = spots(1);
const COLOUR = spots(3);

export function writeFolder(folder: string, pixels: Uint8Array, channels: 1 | 3): void {
  mkdirSync(folder);
  const size = pixels.length / N;
  for (let i = 0; i < N; i++) {
    const file = path.join(folder, `${String(i).padStart(3, '0')}.png`);
    writeFileSync(file, png(SIDE, SIDE, pixels.subarray(i * size, (i + 1) * size), { kind: channels === 3 ? 2 : 0 }));
  }
}

export const spec = (dataset: string, epochs = 2) =>
  `name: spots\ndataset: ${dataset}\nparameters: { architecture: [mlp, conv], hidden: [16], channels: [4], latent_dim: 2 }\n` +
  `train: { epochs: ${epochs}, batch_size: 32 }\n`;

/** Images in three places, in a folder of their own with a cache of its own. */
export function place() {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  writeFolder(at('faces'), GREY, 1);
  writeFolder(at('colour'), COLOUR, 3);
  writeFileSync(at('faces.npy'), npy([N, SIDE, SIDE, 1], GREY));
  const env = { XDG_CACHE_HOME: at('cache'), COLUMNS: '200' };
  const specAt = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const sweep = (...args: string[]) => runCli(args, env);
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await sweep(...args);
    expect({ code, told: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, told: '' });
    return stdout;
  };
  return { folder, at, env, specAt, sweep, ok };
}

/** What was trained: ids, figures of every epoch, weights. */
export function bitsOf(root: string) {
  const results = openResults(root);
  const layout = new ResultsLayout(root);
  const { sweep, trials } = results.sweep('spots');
  const found = trials.map(({ id, state, metrics, config }) => {
    const { tensors } = decodeTensors(readFileSync(layout.files('spots', id).path('weights')));
    return { id, state, metrics, tensors, shape: config.dataset.own!.channels };
  });
  results.close();
  return { fingerprint: sweep.datasetFingerprint, found };
}
