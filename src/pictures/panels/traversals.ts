import { byKl } from '../../decoder/latents-data.ts';
import { formatCount } from '../../text/format-number.ts';
import { toTiles } from '../../training/png.ts';
import type { TrialPanel } from '../panel.ts';
import { encodeKept } from '../latents.ts';

/** How far, in standard deviations of the prior. */
const REACH = 2;
const MOST_ROWS = 16;

/** One latent dimension a row, those with most KL first, moved while the others stay where a held-out image has them. */
export const traversals: TrialPanel = {
  kind: 'rows',
  name: 'traversals',
  title: () => 'what each latent dimension changes',
  most: 11,
  describe: (_, images) =>
    `The first of the ${images} images, with one latent dimension a row moved from −${REACH}σ to +${REACH}σ of the prior and ` +
    'the others left at its posterior mean. Beside each row its KL in nats, the most on top, and where the image itself is.',
  ticks: (across) => steps(across).map(inSigmas),
  async draw({ source, across }) {
    const { trial, model } = source;
    const [mean] = await encodeKept(source, 1);
    const trained = await source.trained();
    const [label = 0] = await source.keptLabels();
    const labels = Array<number>(across).fill(label);
    const { klPerDimension: kl } = trial;
    const order = byKl({ kl, model });
    return order.slice(0, MOST_ROWS).map((dimension, row) => {
      const latents = steps(across).flatMap((z) => [...mean!.with(dimension, z)]);
      const hidden = row === MOST_ROWS - 1 ? order.length - MOST_ROWS : 0;
      return {
        label: [
          `z${dimension + 1}`,
          ...(kl === null ? [] : [`KL ${kl[dimension]!.toFixed(2)}`]),
          `image ${inSigmas(mean![dimension]!)}`,
        ],
        tiles: toTiles(trained.decode(Float32Array.from(latents), labels), across, model),
        columns: across,
        ...(hidden > 0 && { note: `and ${formatCount(hidden)} more with less KL` }),
      };
    });
  },
};

/** `−0.4σ`, `0`. */
function inSigmas(z: number): string {
  const size = Number(Math.abs(z).toFixed(1));
  return size === 0 ? '0' : `${z < 0 ? '−' : '+'}${size}σ`;
}

function steps(count: number): number[] {
  return Array.from({ length: count }, (_, i) => ((2 * i) / (count - 1) - 1) * REACH);
}
