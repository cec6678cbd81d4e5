import { findTrial } from '../answers/find-results.ts';
import { isReproduced, renderReproductionJson, reproductionLines } from '../render/trial/reproduction-text.ts';
import { reproduce as trainAgain } from '../run/reproduce.ts';
import { defineCommand } from './command.ts';
import { layoutOf } from './flags/flags.ts';
import { print } from './output.ts';
import { withResults } from './results.ts';
import { createView } from './views/create-view.ts';
import { StopSignals } from './stop-signals.ts';

export const reproduce = defineCommand({
  options: (yargs) =>
    yargs
      .positional('trial', { type: 'string', demandOption: true, describe: "Beginning of the trial's id" })
      .example('$0 reproduce 3f2a91', 'train it once more, elsewhere, and compare the bits')
      .epilogue(
        'The results stay as they are. Exit code 3 where the bits are others, which they are by right on another kind of ' +
          'processor or GPU, or with another ONNX Runtime.',
      ),

  run: async (flags) => {
    const recorded = await withResults(flags, (results) => {
      const trial = findTrial(results, flags.trial);
      return { trial, metrics: [...results.metrics(trial.sweep, trial.id)] };
    });
    const signals = new StopSignals();
    const view = createView({ ...flags, quiet: flags.quiet || flags.json, json: false });
    try {
      signals.arm();
      const { data: dataDir, device } = flags;
      const { stop, stopNow } = signals;
      const where = { layout: layoutOf(flags), dataDir, device, stop, stopNow };
      const found = await trainAgain({ ...recorded, ...where }, (event) => view.observe(event));
      view[Symbol.dispose]();
      const { id } = recorded.trial;
      print(flags.json ? renderReproductionJson(id, found) : reproductionLines(id, found).join('\n'));
      if (found.interrupted) return signals.exitCode;
      return isReproduced(found) ? 0 : 3;
    } finally {
      view[Symbol.dispose]();
      signals[Symbol.dispose]();
    }
  },
});
