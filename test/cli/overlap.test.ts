/** Sweeps over the same trials, run by real processes in one results folder at the same time. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { caughtTraining } from '../support/caught-training.ts';
import { isEvent, runCli, startCli, temporaryFolder, writeSpec, type Ended } from './support.ts';

const SPEC = `name: one
dataset: { name: sprites-mini, train: 512, validation: 64 }
parameters: { beta: [1, 2, 4, 8], hidden: [32], latent_dim: 2 }
train: { epochs: 6, batch_size: 16 }
`;

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

function setUp(...overrides: readonly string[]) {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const args = ['run', writeSpec(folder, SPEC), '--results', results, '--device', 'cpu', '--slots', '1', '--json'];
  return { results, argsOf: (name: string) => [...args, ...overrides, `name=${name}`] };
}

function start(args: readonly string[]) {
  const { child, ended, output } = startCli(args);
  return { child, ended, until: (type: string) => output.line(isEvent(type)) };
}

/** Between two writes: within one, it would keep every other sweep from writing. */
async function stopBetweenWrites(child: ChildProcess, database: string): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP');
    const db = new Database(database, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return;
    } catch {
      child.kill('SIGCONT');
      await new Promise(setImmediate);
    } finally {
      db.close();
    }
  }
}

function linesOf({ stdout }: Ended): Line[] {
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Attempts at each trial in all sweeps together, and what each sweep has to show. */
function recorded(results: string, names: readonly string[]) {
  using model = openReadModel(new ResultsLayout(results));
  const attempts = new Map<string, (string | null)[]>();
  const tables = names.map((name) => {
    const { trials } = model.snapshot(name)!;
    for (const { id } of trials) {
      attempts.set(id, [...(attempts.get(id) ?? []), ...model.attempts(name, id).map(({ outcome }) => outcome)]);
    }
    return trials.map(({ id, state, metrics }) => {
      const trained = Object.entries(metrics).filter(([metric]) => !metric.startsWith('test/'));
      return { id, state, metrics: Object.fromEntries(trained), rows: [...model.metrics(name, id)].length > 0 };
    });
  });
  return { attempts: [...attempts.values()], tables };
}

describe('two sweeps over the same trials at once', () => {
  it('train each trial once, and both end complete with the same metrics', async () => {
    const { results, argsOf } = setUp();
    const ends = await Promise.all(['one', 'two'].map((name) => start(argsOf(name)).ended));
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual([1, 2].map(() => ({ code: 0, stderr: '' })));

    const { attempts, tables } = recorded(results, ['one', 'two']);
    expect(attempts).toEqual([1, 2, 3, 4].map(() => ['completed']));
    expect(tables[0]).toEqual(tables[1]);
    expect(tables[0]!.map(({ state, rows }) => ({ state, rows }))).toEqual(
      [1, 2, 3, 4].map(() => ({ state: 'completed', rows: true })),
    );

    const lines = ends.map(linesOf);
    const taken = lines.map((all) => all.filter(({ type, reused_from }) => type === 'finished' && reused_from));
    const told = lines.map((all) => all.at(-1) as Line & { change: { reused: number } });
    expect(told.map(({ reused }) => reused)).toEqual(
      told.map(({ change }, index) => change.reused + taken[index]!.length),
    );
    expect(Number(told[0]!['reused']) + Number(told[1]!['reused'])).toBe(4);
  });

  it('wait for a stopped one, can be interrupted meanwhile, and go on when it is killed', async () => {
    const { results, argsOf, one } = await caughtTraining(
      async () => {
        const { results, argsOf } = setUp('beta=1,4');
        const one = start(argsOf('one'));
        await one.until('epoch');
        await stopBetweenWrites(one.child, new ResultsLayout(results).database);
        return { results, argsOf, one };
      },
      ({ results, one }) => {
        using model = openReadModel(new ResultsLayout(results));
        const isOver = model.snapshot('one')!.trials[0]!.state === 'completed';
        if (isOver) one.child.kill('SIGKILL');
        return isOver;
      },
    );

    const two = start(argsOf('two'));
    await two.until('waiting');
    two.child.kill('SIGINT');
    const interrupted = await two.ended;
    expect(interrupted.code).toBe(130);
    expect(linesOf(interrupted)).toContainEqual(
      expect.objectContaining({ type: 'waiting', trials: 1, sweeps: [expect.objectContaining({ sweep: 'one' })] }),
    );
    expect(readFileSync(new ResultsLayout(results).sweepLog('two'), 'utf8')).toContain(
      'waiting for 1 trial that sweep one trains right now',
    );

    const again = start(argsOf('two'));
    await again.until('waiting');
    one.child.kill('SIGKILL');
    expect((await again.ended).code).toBe(0);
    const resumed = await runCli(argsOf('one').filter((arg) => arg !== '--json'));
    expect(resumed.stdout).toMatch(/^✓ one: 2 trials completed \(2 taken over from another sweep\)/);

    const { attempts, tables } = recorded(results, ['one', 'two']);
    expect(attempts.map((outcomes) => outcomes.toSorted().join(' ')).toSorted()).toEqual([
      'completed',
      'completed lost',
    ]);
    expect(tables[0]).toEqual(tables[1]);
  });
});
