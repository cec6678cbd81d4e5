import { expect, test } from 'vitest';
import type { PageModel } from '../../src/analysis/page/page-model.ts';
import { paperPalette } from '../../src/charts/palette.ts';
import { drawPlane, planeLayout } from '../../src/charts/rate-distortion.ts';

/** The best among four corners of the plane. */
function planeAround(rate: number, distortion: number): PageModel {
  const points = [
    [rate, distortion],
    [5, 62],
    [20, 62],
    [5, 25],
    [20, 25],
  ] as const;
  const configurations = points.map(([r, d], place) => ({
    ...{ rank: place + 1, rate: { mean: r }, distortion: { mean: d }, trials: [place] },
  }));
  const trials = points.map(([r, d], configuration) => ({ configuration, rate: r, distortion: d }));
  return { configurations, trials, metric: { goal: 'maximize' }, pareto: null } as unknown as PageModel;
}

/** Places and slopes (in degrees) of the texts whose words match. */
function textsOf(body: string, words: RegExp): { x: number; y: number; slope: number }[] {
  return [...body.matchAll(/<text x="([\d.]+)" y="([\d.]+)"([^>]*)>([^<]*)</g)].flatMap(([, x, y, more, told]) =>
    words.test(told!) ? [{ x: Number(x), y: Number(y), slope: Number(/rotate\(([-\d.]+)/.exec(more!)?.[1] ?? 0) }] : [],
  );
}

test.each([345, 390, 560])('%i pixels wide, no line of equal ELBO is named across the word "best"', (width) => {
  const colours = { axis: null, of: () => '#000', legend: [], isScale: false };
  let named = 0;
  for (let rate = 6; rate < 16; rate += 0.5) {
    for (let distortion = 27; distortion < 60; distortion++) {
      const model = planeAround(rate, distortion);
      const body = drawPlane(model, planeLayout(model, width), colours, paperPalette).body.join('');
      const [best] = textsOf(body, /^best$/);
      for (const { x, y, slope } of textsOf(body, /^ELBO/)) {
        named++;
        // Ten points along its foot, and as many along its head; the letters of `best` are 26 wide and 9 high.
        const turn = (slope * Math.PI) / 180;
        const hit = Array.from({ length: 20 }, (_, i) => [(i >> 1) * 5, i % 2 === 0 ? 0 : -8] as const).some(
          ([a, b]) => {
            const [px, py] = [x + a * Math.cos(turn) - b * Math.sin(turn), y + a * Math.sin(turn) + b * Math.cos(turn)];
            return px > best!.x && px < best!.x + 26 && py > best!.y - 9 && py < best!.y + 1;
          },
        );
        expect(hit, `the best at ${rate}, ${distortion}`).toBe(false);
      }
    }
  }
  expect(named).toBeGreaterThan(1000);
});
