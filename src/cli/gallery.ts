import path from 'node:path';
import { SweepError } from '../errors.ts';
import { fromHere } from '../files/paths.ts';
import { DEFAULT_LIMIT, galleryOf } from '../answers/gallery-of.ts';
import type { Gallery } from '../pictures/gallery.ts';
import { PANELS } from '../pictures/panels/index.ts';
import { drawSheet, type Sheet } from '../pictures/sheet.ts';
import { svgToPng } from '../pictures/svg-to-png.ts';
import { renderGallery, renderGalleryJson } from '../render/trained/gallery-text.ts';
import type { ReadModel } from '../store/read-model.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, wholeNumberFlag, withSelection } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { writeOutputOr } from './files/output-file.ts';
import { withResults } from './results.ts';
import { shellWord } from '../text/shell-word.ts';

/** Pixels of the PNG for one of the sheet: text stays sharp on dense screens and on slides. */
const SCALE = 2;

export const gallery = defineCommand({
  options: (yargs) =>
    withSelection(
      yargs
        .positional('name', { type: 'string', describe: 'Sweep; by default the one started last' })
        .option('panel', {
          group: OWN_FLAGS,
          type: 'string',
          requiresArg: true,
          defaultDescription: PANELS[0].name,
          describe: `What to show: ${PANELS.map(({ name }) => name).join(', ')}`,
        })
        .option('trial', {
          group: OWN_FLAGS,
          type: 'string',
          requiresArg: true,
          describe:
            "Only one trial: best, or the beginning of its id. traversals and worst take the best's by themselves",
        })
        .option('limit', {
          group: OWN_FLAGS,
          type: 'number',
          requiresArg: true,
          defaultDescription: String(DEFAULT_LIMIT),
          describe: 'Most configurations; of more, the best',
        })
        .option('output', {
          group: OWN_FLAGS,
          alias: 'o',
          type: 'string',
          requiresArg: true,
          describe: 'File to write: .png or .svg; by default gallery-PANEL.png in the folder of the sweep',
        }),
      'architecture=conv',
    )
      .example('$0 gallery', 'what each configuration of the newest sweep makes of the same images')
      .example('$0 gallery beta --panel samples -o samples.png', 'draws from the prior, by β')
      .example('$0 gallery beta --panel traversals --trial 3f2a91', 'what each latent dimension of a trial changes'),

  run: async (flags) => {
    const layout = layoutOf(flags);
    if (flags.output !== undefined) checkFormat(flags.output);
    if (flags.limit !== undefined) wholeNumberFlag('--limit', flags.limit);
    const { trial, limit, where, all, data: dataDir } = flags;
    const { drawn, idLength } = await withResults(flags, async (model) => {
      const { name, panel } = meant(flags, model);
      const options = { panel, trial, limit, where, all, dataDir };
      return { drawn: await galleryOf({ model, layout }, name, options), idLength: model.idLength() };
    });
    const sheet = drawSheet(drawn);
    const file = flags.output ?? fromHere(layout.gallery(drawn.sweep, drawn.panel));
    const bytes = isSvg(file) ? Buffer.from(sheet.svg) : await svgToPng(sheet.svg, { scale: SCALE });
    await writeOutputOr(file, bytes, flags);
    const told = { ...answer(drawn, sheet, file), idLength };
    print(
      flags.json
        ? renderGalleryJson(told)
        : renderGallery(
            told,
            stdoutLayout(),
            (where ?? []).map((one) => ` --where ${shellWord(one)}`).join('') + repeatFlags(flags),
          ),
    );
    return 0;
  },
});

/** `gallery samples` is `gallery --panel samples`, unless a sweep is called so. */
function meant({ name, panel }: { name: string | undefined; panel: string | undefined }, model: ReadModel) {
  const isPanel = panel === undefined && PANELS.some((one) => one.name === name);
  return isPanel && !model.sweeps().some((sweep) => sweep.name === name)
    ? { name: undefined, panel: name }
    : { name, panel };
}

function answer(drawn: Gallery, { places, width, height }: Sheet, file: string) {
  const scale = isSvg(file) ? 1 : SCALE;
  const cells = places.map(({ cell, ...place }) => ({
    cell,
    x: place.x * scale,
    y: place.y * scale,
    width: place.width * scale,
    height: place.height * scale,
  }));
  return { gallery: drawn, file, width: width * scale, height: height * scale, cells };
}

function isSvg(file: string): boolean {
  return path.extname(file).toLowerCase() === '.svg';
}

function checkFormat(file: string): void {
  if (['.png', '.svg'].includes(path.extname(file).toLowerCase())) return;
  throw new SweepError('USAGE', `-o ${file}: a gallery is written as .png or .svg.`);
}
