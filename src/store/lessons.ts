import type Database from 'better-sqlite3';
import type { Parameters } from '../model/parameter.ts';
import { withLaterParameters } from '../model/parameters.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';

/** A row of `LESSONS_OF`. */
export interface LessonRow extends Omit<Lesson, 'parameters'> {
  readonly parameters: string;
}

export const LESSONS_OF = `SELECT learnt_from AS sweep, config_id AS configId, parameters, value, error
FROM lessons WHERE sweep_key = ? AND search = ? ORDER BY position`;

export function recordedLesson({ parameters, ...row }: LessonRow): Lesson {
  return { ...row, parameters: withLaterParameters(JSON.parse(parameters) as Parameters) };
}

/** Reads and, within a transaction, writes what a search begins from. */
export function lessonTable(db: Database.Database) {
  const all = db.prepare<[sweepKey: number, search: string], LessonRow>(LESSONS_OF);
  const insert = db.prepare<[Record<string, string | number | null>]>(
    `INSERT INTO lessons (sweep_key, search, position, learnt_from, config_id, parameters, value, error)
     VALUES (@sweepKey, @search, @position, @sweep, @configId, @parameters, @value, @error)`,
  );
  return {
    /** Once only: returns those on record, which may be others. */
    record(sweepKey: number, search: string, lessons: readonly Lesson[]): Lesson[] {
      const recorded = all.all(sweepKey, search);
      if (recorded.length > 0) return recorded.map(recordedLesson);
      for (const [position, { parameters, ...lesson }] of lessons.entries()) {
        insert.run({ sweepKey, search, position, ...lesson, parameters: JSON.stringify(parameters) });
      }
      return [...lessons];
    },
  };
}
