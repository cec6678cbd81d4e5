/** What the long loops share: promises that are counted, and looks into a results folder. */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ResultsLayout } from '../../src/files/paths.ts';

let passed = 0;
let failed = 0;

export function check(promise: string, kept: boolean, evidence?: unknown): void {
  if (kept) passed++;
  else {
    failed++;
    note(`✗ ${promise}: ${JSON.stringify(evidence)}`);
  }
}

export function failures(): number {
  return failed;
}

export function note(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function query(results: string, sql: string): unknown[] {
  const db = new Database(new ResultsLayout(results).database, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** Says how it went; the folder is kept when something is to be looked at. */
export function conclude(folder: string): void {
  if (failed === 0) rmSync(folder, { recursive: true });
  else note(`kept for a look: ${folder}`);
  note(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
