import { existsSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { openForReading } from './connection.ts';
import { explaining } from './store-error.ts';

/**
 * Every problem of the results database, one line each; empty when it is sound or there is none yet. Reads the whole
 * file (about a second per million metrics), which is why opening checks only the header.
 */
export function checkDatabase(layout: ResultsLayout): string[] {
  const file = layout.database;
  if (!existsSync(file)) return [];
  try {
    const connection = openForReading(file);
    try {
      return explaining(file, () => problemsOf(connection.db, file));
    } finally {
      connection[Symbol.dispose]();
    }
  } catch (error) {
    return [messageOf(error)];
  }
}

function problemsOf(db: ReturnType<typeof openForReading>['db'], file: string): string[] {
  const structure = db.prepare<[], string>('PRAGMA integrity_check').pluck().all();
  if (structure.length !== 1 || structure[0] !== 'ok') return structure.map((line) => `${file}: ${line}`);
  const orphans = db.prepare<[], { table: string; parent: string; rows: number }>(
    'SELECT "table", parent, count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1, 2',
  );
  const strays = db.prepare<[], { trial_id: string; state: string; open: number }>(
    `SELECT t.trial_id, t.state, count(a.attempt) AS open FROM trials t
     LEFT JOIN attempts a ON a.trial_key = t.key AND a.ended_at IS NULL
     GROUP BY t.key HAVING open <> (t.state = 'running')`,
  );
  return [
    ...orphans.all().map(({ table, parent, rows }) => `${file}: ${rows} rows of ${table} lack their row in ${parent}`),
    ...strays
      .all()
      .map(({ trial_id, state, open }) => `${file}: trial ${trial_id} is ${state} with ${open} open attempts`),
  ];
}
