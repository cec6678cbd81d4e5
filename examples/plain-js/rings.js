// Images as a program makes them; a folder of PNGs or JPEGs, or a file .npy, would do as well: dataset: './faces'.
import { defineDataset } from 'vae-sweep';

const SIDE = 16;

export default defineDataset({
  height: SIDE,
  width: SIDE,
  *samples() {
    for (let i = 0; i < 800; i++) yield ring(5 + (i % 6), 5 + ((i * 7) % 6), 2 + (i % 30) / 10);
  },
});

/** Bright where a pixel is as far from the middle as the radius. */
function ring(x, y, radius) {
  const light = (p) => Math.exp(-((Math.hypot((p % SIDE) - x, Math.floor(p / SIDE) - y) - radius) ** 2));
  return Uint8Array.from({ length: SIDE * SIDE }, (_, p) => 255 * light(p));
}
