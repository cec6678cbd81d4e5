import Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { MIGRATIONS } from './migrations.ts';

interface SchemaObject {
  readonly type: 'table' | 'view' | 'index' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/**
 * Refuses a database in which something of another kind or definition stands under one of our names, since it could
 * take, change or make up what is recorded. What a user adds under other names stays. Call it in the transaction that
 * read `version`. Throws STORE_UNREADABLE.
 */
export function checkSchema(db: Database.Database, file: string, version: number): void {
  const found = new Map(objectsOf(db).map((object) => [object.name, object]));
  for (const { type, name, sql } of expectedObjects(version)) {
    const there = found.get(name);
    if (there?.type === type && definition(there.sql) === definition(sql)) continue;
    const state =
      there === undefined
        ? `lacks its ${type} ${name}`
        : there.type === type
          ? `has a ${type} ${name} that was changed`
          : `has a ${there.type} ${name} where its ${type} should be`;
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file} ${state}: what is recorded there could be lost or made up. ` +
        'It was left as it is; restore it from a backup, or name another folder with --results.',
    );
  }
}

function objectsOf(db: Database.Database): SchemaObject[] {
  return db.prepare<[], SchemaObject>('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
}

/** However it is laid out: SQLite keeps the text as it was given. */
function definition(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ');
}

/** What the migrations make, by their number. */
const known = new Map<number, readonly SchemaObject[]>();

function expectedObjects(version: number): readonly SchemaObject[] {
  let objects = known.get(version);
  if (objects === undefined) {
    const db = new Database(':memory:');
    for (const sql of MIGRATIONS.slice(0, version)) db.exec(sql);
    objects = objectsOf(db);
    db.close();
    known.set(version, objects);
  }
  return objects;
}
