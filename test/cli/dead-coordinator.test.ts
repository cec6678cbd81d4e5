/** Issue 9, line 14: whatever one asks after a `kill -9`, the coordinator is dead; and never while it lives. */
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { isEvent, startCli, runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

const ENDLESS = TINY_SPEC.replace('epochs: 2', 'epochs: 100000');
const GONE = 'its coordinator is gone; the next run goes on with it';

/** An endless sweep, one of its two trials under way with an epoch recorded. */
async function startTraining() {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const run = ['run', writeSpec(folder, ENDLESS), '--json', '--device', 'cpu', '--slots', '1', '--results', results];
  const { child, ended, output } = startCli(run);
  const { trial } = JSON.parse(await output.line(isEvent('epoch'))) as { trial: string };
  return { child, ended, results, trial };
}

/** What every reader says of the trial that was under way. */
async function everyAnswer(results: string, trial: string) {
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, '--results', results]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const { sweeps } = JSON.parse(await ask('status', '--json')) as {
    sweeps: [{ state: string; trials: Record<string, number> }];
  };
  const { attempts, ...shown } = JSON.parse(await ask('show', trial, '--json')) as {
    state: string;
    cause: string | null;
    attempts: { outcome: string | null }[];
  };
  const rows = JSON.parse(await ask('export', '--format', 'json')) as { trial: string; state: string; cause: string }[];
  const row = rows.find((one) => one.trial === trial)!;
  const report = JSON.parse(await ask('report', '--json')) as { trials: Record<string, number> };
  return {
    sweep: sweeps[0].state,
    running: [sweeps[0].trials['running'], report.trials['running']],
    queued: [sweeps[0].trials['queued'], report.trials['queued']],
    trial: [shown, row].map(({ state, cause }) => ({ state, cause })),
    attempts: attempts.map(({ outcome }) => outcome),
    texts: [await ask('status'), await ask('report'), await ask('show', trial)].join('\n'),
  };
}

function inDatabase<Result>(results: string, use: (db: Database.Database) => Result): Result {
  const db = new Database(path.join(results, 'sweeps.db'));
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const viewedState = (results: string, trial: string) =>
  inDatabase(results, (db) => db.prepare('SELECT state, cause FROM v_trials WHERE trial = ?').get(trial));

/** As if the last heartbeat had been so long ago: what a clock that jumps does, too. */
const ageHeartbeat = (results: string, seconds: number) =>
  inDatabase(results, (db) =>
    db
      .prepare(`UPDATE sweeps SET heartbeat_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ? || ' seconds')`)
      .run(String(-seconds)),
  );

test('issue 9, line 14: after kill -9 every command says the same: interrupted, and the trial queued', async () => {
  const { child, ended, results, trial } = await startTraining();
  child.kill('SIGKILL');
  await ended;
  const { texts, ...answers } = await everyAnswer(results, trial);
  expect(answers).toEqual({
    sweep: 'interrupted',
    running: [0, 0],
    queued: [2, 2],
    trial: [
      { state: 'queued', cause: GONE },
      { state: 'queued', cause: GONE },
    ],
    attempts: ['lost'],
  });
  expect(texts).not.toContain('running');

  // A view sees heartbeats alone.
  ageHeartbeat(results, 61);
  expect(viewedState(results, trial)).toEqual({ state: 'queued', cause: GONE });
});

test('issue 9, line 14: one that is stopped, or whose clock jumped, is not said to be dead', async () => {
  const { child, results, trial } = await startTraining();
  expect(viewedState(results, trial)).toEqual({ state: 'running', cause: null });
  // While it waits for our turn to write to end: one that stops within its own keeps everybody off.
  inDatabase(results, (db) => db.transaction(() => child.kill('SIGSTOP')).immediate());
  for (const age of [3600, -3600]) {
    ageHeartbeat(results, age);
    expect(await everyAnswer(results, trial)).toMatchObject({
      sweep: 'running',
      running: [1, 1],
      trial: [
        { state: 'running', cause: null },
        { state: 'running', cause: null },
      ],
      attempts: [null],
    });
  }
  // As little as `run` would say it is free.
  const again = await runCli(['run', path.join(results, '../spec.yaml'), '--results', results]);
  expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('has a coordinator already') as string });
});
