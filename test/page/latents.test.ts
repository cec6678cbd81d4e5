import { rmSync } from 'node:fs';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import type { LatentsData } from '../../src/decoder/latents-data.ts';
import { embeddedSize, openDecoder } from '../../src/decoder/embedded-decoder.ts';
import {
  imageMaker,
  originalImages,
  startLatents,
  chooseBeta,
  chooseOriginal,
  moveLatent,
  toRgba,
} from '../../src/page/client/latents-state.ts';
import { readLatents } from '../../src/answers/read-latents.ts';
import { decodeTiles } from '../../src/training/png.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { trainedSweep } from '../cli/trained-sweep.ts';

async function latentsOf(
  budget?: number,
  change: (trials: { weights: string; picture: string }[]) => void = () => undefined,
) {
  const { layout } = await trainedSweep();
  using model = openReadModel(layout);
  const snapshot = model.snapshot('tiny')!;
  const files = snapshot.trials.map(({ id }) => layout.files('tiny', id));
  change(files.map((each) => ({ weights: each.path('weights'), picture: each.path('reconstructions') })));
  const data = await readLatents(snapshot, snapshot.trials[0]!, layout, budget);
  return { data: data as LatentsData, problem: data as { problem: string }, files, snapshot };
}

it('draws, with the other β too, what the engine drew of the same images', async () => {
  const { data, files } = await latentsOf();
  expect(data.decoders.map(({ beta }) => beta)).toEqual([1, 4]);
  expect(data.missing).toEqual([]);
  // As the page gets it.
  const inPage = JSON.parse(JSON.stringify(data)) as LatentsData;
  for (const [i, { codes, model, rounding, weights }] of inPage.decoders.entries()) {
    expect(weights.bits).toBe(16);
    expect(rounding).toBeLessThan(0.1 / 255);
    const { bytes, count } = decodeTiles(await files[i]!.get('reconstructions'), model);
    const drawn = openDecoder(inPage.decoders[i]!).decode(Float32Array.from(codes.flat()));
    const engine = bytes.subarray((count / 2) * 1024);
    expect(codes).toHaveLength(8);
    // The picture rounds to whole grey levels, and codes have three decimals.
    drawn.forEach((pixel, p) => expect(Math.abs(255 * pixel - engine[p]!)).toBeLessThan(1));
  }
  const png = decode(await files[0]!.get('reconstructions'));
  expect(Math.round(255 * originalImages(inPage)[0]![0]!)).toBe(png.data[2 * png.width + 2]);
});

it('has 8 bits where the budget is short, then the nearest β alone, then says why there is none', async () => {
  const { data } = await latentsOf();
  const size = embeddedSize(data.decoders[0]!.model, 16);
  const less = (await latentsOf(1.5 * size)).data;
  expect(less.decoders.map(({ weights, beta }) => [weights.bits, beta])).toEqual([
    [8, 1],
    [8, 4],
  ]);
  expect(JSON.stringify(less).length).toBeLessThan(JSON.stringify(data).length);
  expect((await latentsOf(0.8 * size)).data).toMatchObject({
    decoders: [{ beta: 1 }],
    missing: [{ beta: 4, why: 'size' }],
  });
  expect((await latentsOf(1000)).problem.problem).toMatch(/^its decoder is too large for a page: 0\.0 MB, /);
});

it('goes on without what was removed, and says so', async () => {
  const other = await latentsOf(undefined, ([, four]) => rmSync(four!.weights));
  expect(other.data).toMatchObject({ decoders: [{ beta: 1 }], missing: [{ beta: 4, why: 'weights' }] });
  const picture = await latentsOf(undefined, ([one]) => rmSync(one!.picture));
  expect(picture.data).toMatchObject({ originals: '', decoders: [{ codes: [] }, { codes: [] }] });
  expect(startLatents(picture.data)).toMatchObject({ original: null, latents: new Float32Array(2) });
  const own = await latentsOf(undefined, ([one]) => rmSync(one!.weights));
  expect(own.problem).toEqual({ problem: 'its weights are gone' });
});

it('starts at the code of an image, and again at that of another β or image; a slider moves one latent', async () => {
  const { data } = await latentsOf();
  const [one, four] = data.decoders;
  const start = startLatents(data);
  expect(start).toMatchObject({ beta: 0, original: 0, latents: Float32Array.from(one!.codes[0]!) });
  expect(start.order.map((j) => one!.kl![j])).toEqual([...one!.kl!].sort((a, b) => b - a));
  const image = imageMaker();
  const moved = moveLatent(start, start.order[0]!, start.reach);
  expect(image(moved)).not.toEqual(image(start));
  expect(moved.latents[start.order[1]!]).toBe(start.latents[start.order[1]!]);
  expect(chooseBeta(data, moved, 1)).toMatchObject({ decoder: four, latents: Float32Array.from(four!.codes[0]!) });
  expect(chooseOriginal(data, moved, 3).latents).toEqual(Float32Array.from(one!.codes[3]!));
  expect(chooseOriginal(data, moved, null).latents).toEqual(new Float32Array(2));
});

it('shows colours as they are and anything else as grey', () => {
  expect([...toRgba(Float32Array.of(0, 0.5, 1), 3)]).toEqual([0, 128, 255, 255]);
  expect([...toRgba(Float32Array.of(1.2, 0.2), 2)]).toEqual([255, 255, 255, 255]);
});
