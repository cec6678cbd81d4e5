import { SweepError } from '../errors.ts';
import { shellWord } from '../text/shell-word.ts';
import { suggest } from '../sweep-file/suggest.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, wholeNumberFlag, withBy, withSelection } from './flags/flags.ts';
import { note, print } from './output.ts';
import { writeChunks } from './files/output-file.ts';
import { withResults } from './results.ts';

export const plot = defineCommand({
  options: (yargs) =>
    withSelection(
      withBy(yargs, 'Rank by this metric instead of the objective')
        .positional('panel', {
          type: 'string',
          demandOption: true,
          describe:
            'course (of a search), effects, parallel, plane (rate and distortion), heat, curves, health or timeline',
        })
        .positional('name', { type: 'string', describe: 'Sweep; by default the one started last' })
        .option('output', {
          group: OWN_FLAGS,
          alias: 'o',
          type: 'string',
          requiresArg: true,
          describe: 'File to write, .svg or .png; by default SVG on stdout (-)',
        })
        .option('colour', {
          group: OWN_FLAGS,
          type: 'string',
          requiresArg: true,
          describe: 'Swept parameter that colours tell of; by default beta',
        })
        .option('of', {
          group: OWN_FLAGS,
          type: 'string',
          requiresArg: true,
          describe: 'For heat: the two parameters, across and up, e.g. beta,latent_dim',
        })
        .option('width', {
          group: OWN_FLAGS,
          type: 'number',
          requiresArg: true,
          describe: 'Pixels of an SVG; a PNG has twice as many',
        }),
      'architecture=conv',
    )
      .example('$0 plot plane beta -o plane.svg', 'the plane of rate and distortion')
      .example('$0 plot heat --of beta,latent_dim -o heat.png', 'a heat map of two parameters'),

  run: async (flags) => {
    // Only here, since what draws charts takes a while to load.
    const [{ readPage }, { PLOTS, plotSvg }] = await Promise.all([
      import('../answers/read-page.ts'),
      import('../page/plot.ts'),
    ]);
    if (!PLOTS.includes(flags.panel)) {
      if (flags.name !== undefined && PLOTS.includes(flags.name)) {
        const words = [flags.name, flags.panel].map(shellWord).join(' ');
        throw new SweepError('USAGE', `The panel comes first: sweep plot ${words}`);
      }
      throw new SweepError('USAGE', `No panel called \`${flags.panel}\`: ${suggest(flags.panel, PLOTS)}`);
    }
    const file = flags.output;
    const isStdout = file === undefined || file === '-';
    const isPng = !isStdout && /\.png$/i.test(file);
    if (!isStdout && !isPng && !/\.svg$/i.test(file)) {
      throw new SweepError('USAGE', `${file} ends neither in .svg nor in .png: its name says what it is to be.`);
    }
    const layout = layoutOf(flags);
    const options = { by: flags.by, where: flags.where, all: flags.all };
    const { model } = await withResults(flags, (results) => readPage({ model: results, layout }, flags.name, options));
    const names = model.axes.map(({ name }) => name);
    const swept = (name: string): string => {
      if (names.includes(name)) return name;
      throw new SweepError('USAGE', `\`${name}\` is no parameter that differs here: ${suggest(name, names)}`);
    };
    const [x, y, ...others] = flags.of?.split(',') ?? [];
    if (flags.of !== undefined && (x === undefined || y === undefined || others.length > 0)) {
      throw new SweepError('USAGE', '--of takes two parameters: --of beta,latent_dim');
    }
    const svg = plotSvg(model, flags.panel, {
      width: flags.width === undefined ? undefined : Math.max(320, wholeNumberFlag('--width', flags.width)),
      colour: flags.colour === undefined ? undefined : swept(flags.colour),
      heat: x === undefined || y === undefined ? undefined : [swept(x), swept(y)],
    });
    if (svg === null) {
      throw new SweepError(
        'NOT_FOUND',
        `Sweep ${model.sweep} has nothing to draw in ${flags.panel}: too little differs, or nothing is recorded yet.`,
      );
    }
    if (isStdout) {
      print(svg);
      return 0;
    }
    const content = isPng ? await (await import('../pictures/svg-to-png.ts')).svgToPng(svg, { scale: 2 }) : `${svg}\n`;
    await writeChunks([content], flags);
    if (!flags.quiet) note(`wrote ${file}`);
    return 0;
  },
});
