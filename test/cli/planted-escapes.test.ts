/** Issue 10, line 21: what was planted in a path, a name or the database acts on no terminal, in no form of answer. */
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openSweepLog } from '../../src/log.ts';
import { runCli } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

/** A colour that hides text, a title, the same by one character (C1), and a mark that turns the rest around. */
const PLANTED = 'a\u001b[8mb\u001b]0;title\u0007c\u009b31md\u202ee\u001b[31mf';
/** Anything that acts, but for the styles of our own, none of which stands before an `f`. */
const ACTS = /[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202e]|\x1b(?!\[(1|2|22|31|32|33|39)m)|\x1b\[31mf/;

it.each(['0', '1'])('issue 10, line 21: no answer passes on what was planted (FORCE_COLOR=%s)', async (FORCE_COLOR) => {
  const { spec, layout } = await trainedSweep();
  const results = ['--results', layout.root];
  const log = openSweepLog(layout, 'tiny');
  log({ level: 'warn', message: PLANTED });
  expect(readFileSync(layout.sweepLog('tiny'), 'utf8')).not.toMatch(ACTS);

  const db = new Database(layout.database);
  for (const column of ['cause', 'reused_from']) db.prepare(`UPDATE trials SET ${column} = ?`).run(PLANTED);
  for (const column of ['cause', 'device', 'engine']) db.prepare(`UPDATE attempts SET ${column} = ?`).run(PLANTED);
  const { trial_id: id } = db.prepare('SELECT trial_id FROM trials').get() as { trial_id: string };
  const renamed = db.prepare('UPDATE sweeps SET name = ?');
  const commands = [
    'status',
    'report',
    'report --format md',
    'report --format csv',
    'export',
    'export --format ndjson',
  ];
  commands.push('export --format json', 'export --table metrics', `show ${id}`, 'compare beta=1 beta=4');
  // It tries every engine in a process: asked once, where colours of its own are around what it says.
  if (FORCE_COLOR === '1') commands.push('doctor');
  const calls = [...commands, ...commands.map((command) => `${command.split(' --format')[0]} --json`)];
  const told: string[] = [];
  const ask = async (command: string): Promise<void> => {
    const { stdout, stderr } = await runCli([...command.split(' '), ...results], { FORCE_COLOR });
    expect(stdout + stderr, command).not.toMatch(ACTS);
    told.push(stdout);
  };
  for (const command of ['logs', 'logs --json']) await ask(command);
  renamed.run(PLANTED);
  db.close();
  writeFileSync(spec, readFileSync(spec, 'utf8').replace('name: tiny', 'name: other'));
  for (const command of [...new Set(calls), `plan ${spec}`, `plan ${spec} --list`]) await ask(command);
  expect(told.join('')).toContain('title');
});

it.each(['0', '1'])(
  'issue 10, line 21: no message passes on colours of a path (FORCE_COLOR=%s)',
  async (FORCE_COLOR) => {
    const { code, stderr } = await runCli(['run', `${PLANTED}.yaml`], { FORCE_COLOR });
    expect(code).toBe(2);
    expect(stderr).toContain('title');
    expect(stderr).not.toMatch(ACTS);
    expect(stderr).not.toContain('\u001b[31ma');
  },
);
