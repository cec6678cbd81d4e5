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
    const wanted = { type, name, sql };
    const remedy = there === undefined || there.type === type ? (remake(wanted) ?? dropColumns(db, wanted)) : undefined;
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file} ${state}: what is recorded there could be lost or made up. It was left as it is; ` +
        (remedy ?? 'restore it from a backup, or name another folder with --results.'),
    );
  }
}

/** Views and indexes hold nothing of their own. */
function remake({ type, name, sql }: SchemaObject): string | undefined {
  if (type !== 'view' && type !== 'index') return undefined;
  const drop = `DROP ${type.toUpperCase()} IF EXISTS ${name};`;
  return `nothing is recorded in this ${type}, which SQLite makes again by:\n${drop}\n${sql};`;
}

/** Where a table has all of the columns that it should, and more. */
function dropColumns(db: Database.Database, { type, name, sql }: SchemaObject): string | undefined {
  if (type !== 'table') return undefined;
  const pristine = new Database(':memory:');
  pristine.exec(sql);
  const [found, own] = [db, pristine].map(
    (one) => new Set(one.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(name)),
  );
  pristine.close();
  if (!own!.isSubsetOf(found!)) return undefined;
  const added = [...found!.difference(own!)];
  if (added.length === 0) return undefined;
  const drops = added.map((column) => `ALTER TABLE ${name} DROP COLUMN "${column.replaceAll('"', '""')}";`);
  return `a column of your own belongs in a table of your own, and SQLite takes it out by:\n${drops.join('\n')}`;
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
