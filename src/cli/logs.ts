import { findSweep, findTrial } from '../answers/find-results.ts';
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SweepError } from '../errors.ts';
import { printableJson, plain } from '../text/printable.ts';
import { formatNumber } from '../text/format-number.ts';
import { shortId } from '../render/format.ts';
import { quantityOf } from '../metrics/index.ts';
import type { ReadModel } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import { defineCommand } from './command.ts';
import { layoutOf, withWhere, type GlobalFlags } from './flags/flags.ts';
import { print } from './output.ts';
import { withResults } from './results.ts';
import { chosenTrials } from './flags/where.ts';

export const logs = defineCommand({
  options: (yargs) =>
    withWhere(
      yargs.positional('name', {
        type: 'string',
        describe: 'Sweep (by default the newest), or beginning of a trial id',
      }),
      'state=failed',
    )
      .example('$0 logs', 'the sweep started last')
      .example('$0 logs 3f2a91', 'one trial')
      .example('$0 logs beta --json', 'the lines as they were written, with every metric'),

  run: async (flags) => {
    const { file, trials } = await withResults(flags, (results) => findLog(results, flags));
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) throw new SweepError('NOT_FOUND', `Nothing was logged: there is no ${file}.`);
    if (!found.isFile()) throw new SweepError('NOT_FOUND', `Nothing was logged: ${file} is no file. Take it away.`);
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    for await (const line of lines) {
      // Nobody reads on: `sweep logs | head`.
      if (process.stdout.errored) break;
      if (trials === null || isAbout(trials, line)) print(flags.json ? printableJson(line) : describeLine(line));
    }
    return 0;
  },
});

/** The log to read, and the trials whose lines are asked for, if it isn't all of it. A sweep's name wins over a trial's id. */
function findLog(
  results: ReadModel,
  flags: GlobalFlags & { name: string | undefined; where: string[] | undefined },
): { file: string; trials: ReadonlySet<TrialId> | null } {
  const { name } = flags;
  if (isTrial(results, name)) {
    const { sweep, reusedFrom, id } = findTrial(results, name);
    return { file: layoutOf(flags).sweepLog(reusedFrom ?? sweep), trials: new Set([id]) };
  }
  const found = findSweep(results, name);
  const { trials, outside } = chosenTrials(found, flags.where);
  const ids = flags.where === undefined ? null : new Set([...trials, ...outside].map(({ id }) => id));
  return { file: layoutOf(flags).sweepLog(found.sweep.name), trials: ids };
}

function isTrial(results: ReadModel, name: string | undefined): name is string {
  const isSweep = name === undefined || results.sweeps().some((sweep) => sweep.name === name);
  return !isSweep && /^[0-9a-f]+$/i.test(name) && results.trialsByPrefix(name.toLowerCase()).length > 0;
}

/** Parses only what may be: the log of a long sweep has millions of lines. */
export function isAbout(trials: ReadonlySet<TrialId>, line: string): boolean {
  const named = [...line.matchAll(/"trial":"([^"]*)"/g)];
  return named.some(([, id]) => trials.has(id!)) && trials.has(parseLine(line)?.trial ?? '');
}

/**
 * `2026-11-21 18:02:52Z info  5aa1ff epoch 3 val/elbo=-88.40 …`: of an epoch's metrics the held-out ones, where there
 * are any (`--json` has all). A line that isn't one of ours is shown as it is.
 */
export function describeLine(line: string): string {
  const entry = parseLine(line);
  if (entry === undefined) return plain(line);
  const { time, level, trial, msg, metrics } = entry;
  const all = Object.entries(metrics ?? {});
  const heldOut = all.filter(([name]) => !name.startsWith('train/'));
  const values = (heldOut.length > 0 ? heldOut : all).map(([name, value]) => {
    return `${name}=${formatNumber(value, quantityOf(name).decimals)}`;
  });
  const moment = `${time.slice(0, 19).replace('T', ' ')}Z`;
  const words = [moment, level.padEnd(5), ...(trial === undefined ? [] : [shortId(trial)]), msg, ...values];
  return plain(words.join(' '));
}

interface LogEntry {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly trial?: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

function parseLine(line: string): LogEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<LogEntry> | null;
    const isOurs = typeof entry?.time === 'string' && typeof entry.level === 'string' && typeof entry.msg === 'string';
    return isOurs ? (entry as LogEntry) : undefined;
  } catch {
    // The last line of a run that was killed may be cut off.
    return undefined;
  }
}
