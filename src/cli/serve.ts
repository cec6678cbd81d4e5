import { once } from 'node:events';
import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { SweepError } from '../errors.ts';
import { ResultsLayout } from '../files/paths.ts';
import { plain } from '../text/printable.ts';
import { shellWord } from '../text/shell-word.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, type GlobalFlags } from './flags/flags.ts';
import { note, print } from './output.ts';
import { StopSignals } from './stop-signals.ts';

const LARGEST_PORT = 65_535;

export const serve = defineCommand({
  options: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        describe: 'Sweep, results folder, or database file; by default the sweep started last',
      })
      .option('port', {
        group: OWN_FLAGS,
        type: 'number',
        requiresArg: true,
        default: 0,
        defaultDescription: 'any that is free',
        describe: 'Port on 127.0.0.1',
      })
      .example('$0 serve', 'the newest sweep, live, at an address that it prints')
      .example('$0 serve beta --port 8123', 'one sweep, at an address of your choice')
      .example('$0 serve ~/colleague/sweeps.db', "what somebody else's database holds"),

  run: async (flags) => {
    if (!Number.isInteger(flags.port) || flags.port < 0 || flags.port > LARGEST_PORT) {
      throw new SweepError('USAGE', `--port takes a whole number from 0 (any that is free) to ${LARGEST_PORT}.`);
    }
    const { layout, name, suggestedFlags } = targetOf(flags, flags.what);
    // Only here, since what draws charts takes a while to load.
    const [{ startLiveServer }, { pageRenderer }] = await Promise.all([
      import('../serve/live-server.ts'),
      import('../serve/page-renderer.ts'),
    ]);
    const signals = new StopSignals();
    const server = await startLiveServer({
      ...{ layout, name, port: flags.port },
      renderPage: pageRenderer(layout, suggestedFlags),
      onTrouble: (message) => note(message, '!'),
    });
    signals.arm();
    print(flags.json ? JSON.stringify({ schema: 'vae-sweep.serve/1', url: server.url }) : server.url);
    if (!flags.quiet) note(`Reads ${layout.database}, for browsers on this machine only. Ctrl-C ends.`);
    if (!signals.stop.aborted) await once(signals.stop, 'abort');
    await server[Symbol.asyncDispose]();
    signals[Symbol.dispose]();
    // It is how one ends it.
    return signals.exitCode === 130 ? 0 : signals.exitCode;
  },
});

interface Target {
  readonly layout: ResultsLayout;
  readonly name: string | undefined;
  /** See repeatFlags. */
  readonly suggestedFlags: string;
}

/** A path where there is something at it, else a sweep's name. @throws SweepError NOT_FOUND for a path where there is nothing */
function targetOf(flags: GlobalFlags, what: string | undefined): Target {
  const inResults = { layout: layoutOf(flags), suggestedFlags: repeatFlags(flags) };
  if (what === undefined) return { ...inResults, name: undefined };
  const stats = lookAt(what);
  const folder = stats?.isFile() === true ? path.dirname(what) : what;
  const layout = stats?.isFile() === true ? new ResultsLayout(folder, what) : new ResultsLayout(folder);
  const isThere = lookAt(layout.database)?.isFile() === true;
  if (isThere) return { layout, name: undefined, suggestedFlags: ` --results ${shellWord(folder)}` };
  if (!what.includes(path.sep)) return { ...inResults, name: what };
  throw new SweepError(
    'NOT_FOUND',
    stats === undefined
      ? `There is nothing at ${plain(what)}. Name a sweep, a results folder, or a database file.`
      : `${plain(what)} is no results folder: it has no sweeps.db.`,
  );
}

/** Undefined also for what can't be looked at. */
function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
