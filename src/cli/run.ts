import { constants } from 'node:os';
import { findSweep } from '../answers/find-results.ts';
import { byFamily } from '../analysis/families.ts';
import { summarize } from '../analysis/report/summarize.ts';
import { renderErrorJson } from '../render/error-json.ts';
import { toJsonLine } from '../render/json-line.ts';
import { summaryLines } from '../render/run/run-summary.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { EXIT_CODES, SweepError } from '../errors.ts';
import type { AgentsAddress } from '../run/run-on-agents.ts';
import { recordedSpec } from '../answers/recorded-spec.ts';
import type { TogetherResult } from '../run/run-together.ts';
import type { RunResult } from '../run/run-result.ts';
import { runSweep } from '../sweep.ts';
import { defineCommand } from './command.ts';
import { createView } from './views/create-view.ts';
import { duration } from './flags/duration.ts';
import { redisAddress, withRedis, type RedisFlags } from './flags/redis-flags.ts';
import { OWN_FLAGS, repeatFlags, specCommand, withFoundSpec, withSpec, type SpecFlags } from './flags/flags.ts';
import { tellOfEnd } from './on-end.ts';
import { note, print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';
import type { RunView } from './views/run-view.ts';
import { StopSignals } from './stop-signals.ts';

interface RunFlags extends SpecFlags, RedisFlags {
  readonly again: readonly string[];
  readonly revive: readonly string[];
  readonly address: string | undefined;
  readonly together: string | undefined;
  readonly lifetime: string | undefined;
  readonly 'on-end': string | undefined;
}

export const run = defineCommand({
  options: (yargs) =>
    withRedis(withSpec(yargs), 'Train on the agents that this Redis knows, not here: redis://HOST:PORT')
      .option('again', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'none',
        describe: 'Train a completed trial again, whose weights are gone: its id, or how it begins',
        group: OWN_FLAGS,
      })
      .option('revive', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'none',
        describe: 'Train a pruned trial to its last epoch, from where it was left: its id, or how it begins',
        group: OWN_FLAGS,
      })
      .option('address', {
        type: 'string',
        requiresArg: true,
        defaultDescription: 'found out',
        describe: 'With --redis or --together: HOST or HOST:PORT under which agents reach this machine for files',
        group: OWN_FLAGS,
      })
      .option('together', {
        type: 'string',
        requiresArg: true,
        describe: 'Share the sweep with all that run the same command: results folder on a disk that all have',
        group: OWN_FLAGS,
      })
      .option('lifetime', {
        type: 'string',
        requiresArg: true,
        describe: 'Save and stop after so long, as SIGTERM does, e.g. 235m: a little less than a time limit',
        group: OWN_FLAGS,
      })
      .option('on-end', {
        type: 'string',
        requiresArg: true,
        defaultDescription: '$SWEEP_ON_END',
        describe: 'Command to call, or address to post to, when the run has ended, with its result as JSON',
        group: OWN_FLAGS,
      })
      .example('$0 run sweeps/beta.yaml', 'run it; again: go on where it stopped')
      .example('$0 run sweeps/beta.yaml beta=1,4 seeds=5', 'with other values')
      .example('$0 run sweeps/beta.yaml dataset=mnist epochs=3', 'other data, fewer epochs')
      .example('$0 run sweeps/beta.yaml --redis redis://head:6379', 'on all machines where `sweep agent` runs')
      .example('srun $0 run sweeps/beta.yaml --together /shared/beta', 'in every task of an allocation; one leads')
      .example('$0 run sweeps/beta.yaml --json > events.ndjson', 'every event as a line of JSON')
      .example('$0 run sweeps/beta.yaml --on-end https://example.org/done', 'tell somebody')
      .epilogue('Ctrl-C saves and stops, a second one stops at once; either way `run` goes on from there.'),

  run: async (given) => {
    const flags = withTogether(withFoundSpec(given));
    const signals = new StopSignals();
    const onEnd = async (result: string, exitCode: number): Promise<void> => {
      const target = flags['on-end'] ?? (process.env['SWEEP_ON_END'] || undefined);
      // What was refused before it began is told to whoever typed it.
      if (target !== undefined && signals.isArmed) await tellOfEnd(target, result, exitCode);
    };
    try {
      if (flags.lifetime !== undefined) signals.stopAfter(duration('--lifetime', flags.lifetime));
      if (flags.together !== undefined) return await runShared(flags, signals, onEnd);
      const result = await runShown(flags, signals);
      const exitCode = result.interrupted ? signals.exitCode : result.exitCode;
      await printResult(result, exitCode, flags);
      if (!result.interrupted && result.exitReason !== null) note(`exit ${exitCode}: ${result.exitReason}`);
      await onEnd(resultJson(result, exitCode), exitCode);
      return exitCode;
    } catch (error) {
      await onEnd(renderErrorJson(error), error instanceof SweepError ? EXIT_CODES[error.code] : 1);
      throw error;
    } finally {
      signals[Symbol.dispose]();
    }
  },
});

/** Its folder is the results folder. */
function withTogether(flags: RunFlags): RunFlags {
  const { together, redis, results } = flags;
  if (together === undefined) return flags;
  if (redis !== undefined) {
    throw new SweepError(
      'USAGE',
      '--together starts a Redis of its own. For another one leave it out: `sweep agent --redis URL` on each machine, and ' +
        '`sweep run SPEC --redis URL` once.',
    );
  }
  return { ...flags, results: together === '' ? results : together };
}

/** As all the others do: who leads prints the result, and tells of the end. */
async function runShared(
  flags: RunFlags,
  signals: StopSignals,
  onEnd: (result: string, exitCode: number) => Promise<void>,
): Promise<number> {
  const { runTogether } = await import('../run/run-together.ts');
  // While another one leads there is nothing to see here.
  let view: RunView | undefined;
  const closeView = (): void => {
    view?.[Symbol.dispose]();
    view = undefined;
  };
  const onLog = (message: string): void => {
    signals.arm();
    closeView();
    if (!flags.quiet && !flags.json) note(message);
  };
  let result: TogetherResult;
  try {
    // A person's signal, as `sweep stop` sends it; batch systems end a task by others.
    const stopsAll = (): boolean => signals.exitCode === 128 + constants.signals.SIGINT;
    const options = { ...optionsOf(flags, signals), ...addressOf(flags), stopsAll, onLog };
    result = await runTogether(options, (event) => {
      view ??= createView(flags);
      view.observe(event);
    });
  } finally {
    closeView();
  }
  const exitCode = result.interrupted ? signals.exitCode : result.exitCode;
  if (result.run !== undefined) await printResult(result.run, exitCode, flags);
  else if (!result.interrupted && !flags.quiet && !flags.json) note(`${result.name} is done.`);
  if (!result.interrupted && result.exitCode === 3) {
    const reason = result.run?.exitReason ?? 'see `sweep report`';
    note(`exit 3: ${reason}; to try again what failed: ${specCommand('run', flags)[0] ?? '`sweep run`'}`);
  }
  // Where this one was stopped, another goes on.
  if (result.run?.interrupted === false) await onEnd(resultJson(result.run, exitCode), exitCode);
  return exitCode;
}

/** Shows the run while it goes on; the view is gone before the result or an error is printed. */
async function runShown(flags: RunFlags, signals: StopSignals): Promise<RunResult> {
  const view = createView(flags);
  try {
    return await runSweep({ ...optionsOf(flags, signals), agents: agentsAddress(flags) }, (event) => {
      if (event.type === 'planned') signals.arm();
      view.observe(event);
    });
  } finally {
    view[Symbol.dispose]();
  }
}

function optionsOf(flags: RunFlags, { stop, stopNow }: StopSignals) {
  const { spec: specFile, overrides, results: resultsDir, data: dataDir, device, slots, again, revive } = flags;
  return { specFile, overrides, resultsDir, dataDir, device, slots, again, revive, stop, stopNow };
}

function agentsAddress(flags: RunFlags): AgentsAddress | undefined {
  const redis = redisAddress(flags);
  if (redis === undefined && flags.address !== undefined) {
    throw new SweepError('USAGE', '--address is for agents: name their Redis with --redis.');
  }
  return redis && { ...redis, ...addressOf(flags) };
}

function addressOf({ address }: RunFlags): { host?: string; port?: number } {
  if (address === undefined) return {};
  const [, host, port] = /^(\[[\da-f:]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(address) ?? [];
  if (host === undefined) throw new SweepError('USAGE', '--address takes HOST or HOST:PORT.');
  return { host, ...(port !== undefined && { port: Number(port) }) };
}

function resultJson(result: RunResult, exitCode: number): string {
  return toJsonLine(toUserSpelling({ type: 'result', at: new Date(), ...result, exitCode }));
}

async function printResult(result: RunResult, exitCode: number, flags: SpecFlags): Promise<void> {
  if (flags.json) {
    print(resultJson(result, exitCode));
    return;
  }
  const { snapshot, idLength } = await withResults(flags, (results) => {
    return { snapshot: findSweep(results, result.name), idLength: results.idLength() };
  });
  const objectives = recordedSpec(snapshot.sweep)?.objectives;
  const models = byFamily(snapshot.trials).map((trials) => {
    return summarize({ ...snapshot, trials }, { best: 1, idLength, lostWeights: result.lostWeights, objectives });
  });
  const commands = { runCommand: specCommand('run', flags), flags: repeatFlags(flags) };
  const lines = summaryLines(result, models, commands, stdoutLayout());
  print(flags.quiet ? lines[0] : lines.join('\n'));
}
