import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { listDatasets } from '../../data/listing.ts';
import { messageOf } from '../../errors.ts';
import type { ResultsLayout } from '../../files/paths.ts';
import { formatBytes } from '../../render/format.ts';
import { openForWriting } from '../../store/connection.ts';
import { checkDatabase } from '../../store/integrity.ts';
import { ok, problem, warning, type DoctorFinding } from './doctor-finding.ts';

const LOW_DISK_BYTES = 1e9;

/** bin.js has refused older versions. */
export function checkNode(): DoctorFinding {
  return ok('node', `Node ${process.versions.node} on ${process.platform}-${process.arch}`);
}

/** SQLite, tried where the database is or would be; room on the disk; the database itself. */
export function checkResults(layout: ResultsLayout): DoctorFinding[] {
  const folder = nearestFolder(layout.root);
  const created = folder === layout.root ? '' : ' (made by the first run)';
  try {
    const sqlite = trySqlite(folder);
    const { bavail, bsize } = statfsSync(folder);
    const place = `results folder ${layout.root}${created}: writable`;
    const free = `${formatBytes(bavail * bsize)} free`;
    const room =
      bavail * bsize < LOW_DISK_BYTES
        ? warning('results', `${place}, only ${free}`, 'Free some space, or name another folder with --results.')
        : ok('results', `${place}, ${free}`);
    return [room, ok('database', `SQLite ${sqlite} works there`), ...checkContent(layout)];
  } catch (error) {
    const fix = 'Name a folder on a local disk that you may write to with --results DIR or SWEEP_RESULTS.';
    return [
      problem('results', `results folder ${layout.root}${created}: ${messageOf(error)}`, fix),
      ...checkContent(layout),
    ];
  }
}

/** Opens a database there, with the write-ahead log that network folders refuse. Returns SQLite's version. */
function trySqlite(folder: string): string {
  const scratch = mkdtempSync(path.join(folder, '.sweep-doctor-'));
  try {
    const db = openForWriting(path.join(scratch, 'scratch.db'));
    try {
      return db.prepare<[], string>('SELECT sqlite_version()').pluck().get()!;
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function checkContent(layout: ResultsLayout): DoctorFinding[] {
  if (!existsSync(layout.database)) return [ok('database', 'no sweeps recorded yet')];
  const problems = checkDatabase(layout);
  if (problems.length === 0) return [ok('database', `${layout.database} is sound`)];
  const fix = 'Stop all sweeps, keep a copy of the results folder, then restore the database from a backup.';
  return problems.map((text) => problem('database', text, fix));
}

export async function checkDatasets(dataDir: string | undefined): Promise<DoctorFinding[]> {
  const listings = await listDatasets({ dataDir });
  return listings.map(({ name, availability, folder, downloadBytes, problem }) => {
    if (availability === 'built_in') return ok('data', `${name}: built in`);
    if (availability === 'present') return ok('data', `${name}: in ${folder ?? ''}`);
    if (problem !== null) return warning('data', `${name}: ${problem}`, null);
    const fix = `The first run that names it downloads it; offline, put its files into DIR/${name} and pass --data DIR.`;
    return warning('data', `${name}: not on this machine (${formatBytes(downloadBytes)})`, fix);
  });
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}
