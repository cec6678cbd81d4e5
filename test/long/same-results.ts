/** What a sweep that was struck must come to: all that one has which was left alone, to the last bit. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ResultsLayout } from '../../src/files/paths.ts';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { checkDatabase } from '../../src/store/integrity.ts';
import { check, query } from './checks.ts';

/** What follows from results, beside them: nothing where a sweep neither learns, prunes nor confirms. */
const DECISIONS = {
  proposals:
    'select position, config_id, parameters, sampler, seen, is_seen, value, error, traded from proposals order by search, position',
  verdicts:
    'select pruning, cohort, rung, epoch, metric, config_id, value, place, among, verdict from verdicts order by pruning, cohort, rung, config_id',
  choices: 'select choice, config_id, value, place, among from choices order by choice, config_id',
};
/** Of a report: how long it took, commands, which name the results folder, and how many trials the plan left behind. */
const INCIDENTAL = new Set(['seconds', 'command', 'outside_plan']);
/** In its words: `, 29 min of training`. */
const TIME_IN_WORDS = /, [^,]+ of training\b/;

interface Trial {
  readonly trial: string;
}

/** `calm` and `results`: results folders. What the plan doesn't name is left out. */
export function checkSame(title: string, calm: string, results: string, sweep: string): void {
  for (const [what, sql] of Object.entries({
    trials:
      'select trial,seed,state,cause,elbo,kl,reconstruction,best_epoch,epochs from v_trials where in_plan order by trial',
    metrics:
      'select trial,epoch,step,name,value from v_metrics where trial in (select trial from v_trials where in_plan) order by trial,epoch,name',
    ...DECISIONS,
  })) {
    const [expected, found] = [query(calm, sql), query(results, sql)].map((rows) => JSON.stringify(rows));
    check(`${title}: the same ${what}`, expected === found && (what in DECISIONS || found!.length > 2));
  }
  // Not the checkpoints, of which agents bring those of long trials alone, and which hold how long it took.
  const planned = new Set(query(calm, 'select trial from v_trials where in_plan').map((row) => (row as Trial).trial));
  const weights = (root: string): string[] =>
    readdirSync(path.join(root, sweep), { recursive: true, encoding: 'utf8' })
      .filter((file) => planned.has(path.dirname(file)))
      .filter((file) => file.endsWith('.safetensors') || file.endsWith('.png') || file.endsWith('.part'))
      .filter((file) => path.basename(file) !== TRIAL_FILES.checkpoint)
      .sort()
      .map((file) => `${file} ${readFileSync(path.join(root, sweep, file), 'base64')}`);
  check(`${title}: the same files`, JSON.stringify(weights(calm)) === JSON.stringify(weights(results)));
  check(`${title}: the same report`, reportOf(calm, sweep) === reportOf(results, sweep));
  const twice = query(
    results,
    `select t.trial_id from trials t join attempts a on a.trial_key = t.key
     group by t.key having sum(a.outcome = 'completed') <> (t.state = 'completed')`,
  );
  check(`${title}: every trial ran to completion once`, twice.length === 0, twice);
  const missing = query(
    results,
    `select t.trial_id, t.epochs, count(e.epoch) as n, max(e.epoch) as last from trials t
     left join epochs e on e.trial_key = t.key group by t.key having n <> t.epochs or n > 0 and last <> n`,
  );
  check(`${title}: no epoch is missing`, missing.length === 0, missing);
  const problems = checkDatabase(new ResultsLayout(results));
  check(`${title}: the database is sound`, problems.length === 0, problems);
}

/** As programs have it, without what is incidental. */
function reportOf(results: string, sweep: string): string {
  const args = ['src/cli/bin.js', 'report', sweep, '--json', '--results', results];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) return stderr;
  return JSON.stringify(JSON.parse(stdout), (key, value: unknown) => {
    if (INCIDENTAL.has(key)) return undefined;
    // The commands that lead on; a search's answer of that name has more.
    if (key === 'next' && Array.isArray(value)) return undefined;
    // Who went on from fewer epochs has paid for these before; how many each trial has was compared above.
    if (key === 'cost') return { ...(value as object), message: undefined, epochs: undefined };
    return key === 'message' && typeof value === 'string' ? value.replace(TIME_IN_WORDS, '') : value;
  });
}

interface LogLine {
  readonly trial?: string;
  readonly epoch?: number;
  readonly metrics?: unknown;
  readonly resumed_epochs?: number;
}

/**
 * On one machine no recorded epoch is trained again: each is told once, and no attempt begins before one that was told. (An agent
 * may take with it what it has told.) And every attempt has its row and its end.
 */
export function checkTrainedOnce(title: string, results: string, sweep: string): void {
  const told = new Map<string, number>();
  const again: LogLine[] = [];
  const log = path.join(results, sweep, 'sweep.log');
  for (const text of existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []) {
    const line = parsed(text);
    if (line.trial === undefined) continue;
    const before = told.get(line.trial) ?? 0;
    if (line.resumed_epochs !== undefined && line.resumed_epochs < before) again.push(line);
    if (line.epoch === undefined || line.metrics === undefined) continue;
    if (line.epoch <= before) again.push({ trial: line.trial, epoch: line.epoch });
    told.set(line.trial, line.epoch);
  }
  check(
    `${title}: no epoch that was recorded is trained again`,
    told.size > 0 && again.length === 0,
    again.slice(0, 3),
  );
  const unaccounted = query(
    results,
    `select t.trial_id, t.attempts, count(a.attempt) as n from trials t left join attempts a on a.trial_key = t.key
     where t.reused_from is null group by t.key
     having n <> t.attempts or max(a.attempt) <> n or sum(a.attempt is not null and a.ended_at is null) > 0`,
  );
  check(`${title}: every attempt has its row and its end`, unaccounted.length === 0, unaccounted);
}

/** A line that a kill cut short says nothing. */
function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
