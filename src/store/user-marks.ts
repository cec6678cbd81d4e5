/** What users say of their results, written whether or not a coordinator is at work: its own rows are none of these. */
import type Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { openForWriting } from './connection.ts';
import { explaining } from './store-error.ts';

/** A sweep by its name, or a trial by its id in whichever sweeps it is. */
export interface Subject {
  readonly kind: 'sweep' | 'trial';
  readonly name: string;
}

/** Adds these tags, or takes them off. Returns all that it has then, in order. */
export function changeTags(file: string, subject: Subject, tags: readonly string[], isRemoval = false): string[] {
  return writing(file, subject, (db) => {
    const change = db.prepare<[kind: string, name: string, tag: string]>(
      isRemoval
        ? 'DELETE FROM user_tags WHERE kind = ? AND name = ? AND tag = ?'
        : 'INSERT OR IGNORE INTO user_tags (kind, name, tag) VALUES (?, ?, ?)',
    );
    for (const tag of tags) change.run(subject.kind, subject.name, tag);
    return db
      .prepare<[kind: string, name: string], string>(
        'SELECT tag FROM user_tags WHERE kind = ? AND name = ? ORDER BY tag',
      )
      .pluck()
      .all(subject.kind, subject.name);
  });
}

/** Writes the note in place of one before; null removes it. */
export function writeNote(file: string, { kind, name }: Subject, note: string | null): void {
  writing(file, { kind, name }, (db) => {
    if (note === null) db.prepare('DELETE FROM user_notes WHERE kind = ? AND name = ?').run(kind, name);
    else db.prepare('INSERT OR REPLACE INTO user_notes (kind, name, note) VALUES (?, ?, ?)').run(kind, name, note);
  });
}

/** In one transaction, which waits for those of coordinators. @throws SweepError NOT_FOUND where it was removed meanwhile */
function writing<Result>(file: string, { kind, name }: Subject, write: (db: Database.Database) => Result): Result {
  const db = openForWriting(file);
  try {
    return explaining(file, () =>
      db
        .transaction(() => {
          const there = db.prepare(
            kind === 'sweep' ? 'SELECT 1 FROM sweeps WHERE name = ?' : 'SELECT 1 FROM trials WHERE trial_id = ?',
          );
          if (there.get(name) === undefined) throw new SweepError('NOT_FOUND', `The ${kind} ${name} was just removed.`);
          return write(db);
        })
        .immediate(),
    );
  } finally {
    db.close();
  }
}

/** Takes along what was said of sweeps and trials that are no longer there; within a transaction. */
export function forgetMarks(db: Database.Database): void {
  for (const table of ['user_tags', 'user_notes']) {
    db.exec(`DELETE FROM ${table} WHERE kind = 'sweep' AND name NOT IN (SELECT name FROM sweeps)
      OR kind = 'trial' AND name NOT IN (SELECT trial_id FROM trials)`);
  }
}
