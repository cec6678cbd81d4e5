import { randomStream } from '../../random.ts';
import { formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { toTiles } from '../../training/png.ts';
import type { TrialPanel } from '../panel.ts';
import { NoPicture } from '../picture-source.ts';

const MOST_ROWS = 24;
const MOST_CHARACTERS = 14;

/** One label a row: what a conditional model draws under it, from one z a column. */
export const labels: TrialPanel = {
  kind: 'rows',
  name: 'labels',
  title: () => 'images drawn under each label',
  most: 12,
  describe: (across) =>
    `A row is a label, and each of the ${across} columns one z drawn from the prior: what a column keeps, the code tells, and ` +
    'what changes down it, the label.',
  async draw({ source, across }) {
    const { model, labels: names } = source;
    if (model.classes === undefined) throw new NoPicture('its model is told no labels: `condition: label` does that');
    const trained = await source.trained();
    const latents = randomStream(['picture', 'labels']).fillNormal(new Float32Array(across * model.latentDim));
    return names.slice(0, MOST_ROWS).map((name, label) => {
      const hidden = label === MOST_ROWS - 1 ? names.length - MOST_ROWS : 0;
      const shown = plain(name);
      return {
        label: [shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS - 1)}…` : shown],
        tiles: toTiles(trained.decode(latents, Array<number>(across).fill(label)), across, model),
        columns: across,
        ...(hidden > 0 && { note: `and ${formatCount(hidden)} more labels` }),
      };
    });
  },
};
